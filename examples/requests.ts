// Requests to a server that answers after 0 to 3 seconds, 100 at a time. `asCompleted` pulls one when
// there is room for it; a semaphore around every task takes as long, and needs all tasks at once.
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { asCompleted, Semaphore } from 'jitney'

const [total = 2000, bound = 100] = process.argv.slice(2).map(Number)
const held: { due: number; response: ServerResponse }[] = []
let [now, pulled, inFlight, answered, mostInFlight, mostAhead] = [0, 0, 0, 0, 0, 0]

/** Its time stands still until all requests that can be under way have come. */
const server = createServer(({ url }, response) => {
  held.push({ due: now + Number(url?.slice(1)), response })
  while (held.length > 0 && held.length >= Math.min(bound, total - answered)) {
    held.sort((one, other) => other.due - one.due)
    now = held.at(-1)?.due ?? now
    answered += 1
    held.pop()?.response.end()
  }
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo

function* delays(): Generator<number> {
  for (pulled = 0; pulled < total; yield (pulled * 7919) % 3001) {
    mostAhead = Math.max(mostAhead, (pulled += 1) - answered)
  }
}

async function send(delay: number): Promise<void> {
  mostInFlight = Math.max(mostInFlight, (inFlight += 1))
  await fetch(`http://127.0.0.1:${port}/${delay}`).then((response) => response.text())
  inFlight -= 1
}

async function loopAsCompleted(): Promise<void> {
  for await (const _ of asCompleted(delays(), send, { concurrency: bound }));
}

async function semaphoreAroundEach(): Promise<void> {
  const semaphore = new Semaphore(bound)
  const sendInTurn = async (delay: number): Promise<void> => {
    using _ = await semaphore.acquire()
    await send(delay)
  }
  await Promise.all(Array.from(delays(), sendInTurn))
}

for (const run of [loopAsCompleted, semaphoreAroundEach]) {
  ;[now, answered, mostInFlight, mostAhead] = [0, 0, 0, 0]
  await run()
  const most = `${mostInFlight} in flight, ${mostAhead} pulled ahead`
  console.log(`${run.name}: ${answered} answered in ${now} ms, at most ${most}`)
}
server.close()

// Output:
// loopAsCompleted: 2000 answered in 31813 ms, at most 100 in flight, 100 pulled ahead
// semaphoreAroundEach: 2000 answered in 31813 ms, at most 100 in flight, 2000 pulled ahead
