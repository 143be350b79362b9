// Events are sent and nobody waits for them: one handler hears of each that fails, the queue is bounded
// so that a server that is down does not fill the memory, and the end of the program waits for the rest.
import { Batcher, BatchError, QueueFullError } from 'jitney'

const sent: string[] = []
const events = new Batcher(
  async (names: string[]) => {
    if (names.includes('poison')) throw new Error('the server refused them')
    sent.push(...names)
  },
  { maxBatchSize: 2, maxQueueSize: 4, retry: { attempts: 2, minDelay: 0 }, splitOnError: true },
)

let dropped = 0
/** Takes note, and gives no promise that somebody could forget. */
function emit(name: string): void {
  events.process(name).catch((error: unknown) => {
    if (error instanceof QueueFullError) dropped += 1
    else if (error instanceof BatchError) console.log(`lost ${name}: ${String(error.cause)}`)
    else throw error
  })
}

for (const name of ['start', 'click', 'poison', 'click', 'scroll']) emit(name)
// More than there is room for, at once.
for (let n = 0; n < 10; n += 1) emit(`key ${n}`)

await events.close()
console.log(`sent ${sent.length}: ${sent.join(', ')}; dropped ${dropped}`)

// Output:
// lost poison: Error: the server refused them
// sent 5: start, click, scroll, key 0, click; dropped 9
