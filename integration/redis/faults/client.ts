/**
 * A client of a fault run: hands over its items, so many at a time, and writes down what became of each.
 * Parameters: port, ledger, name, items, outstanding, every how manyth throws, and kills,
 * control.
 */
import { appendFileSync } from 'node:fs'

import { RemoteBatcher, type Transport } from 'jitney/remote'
import { redisTransport } from 'jitney/redis'

import { connectTo, type Item, queue } from './item.ts'

const [
  port = '',
  ledger = '',
  name = '',
  count = '',
  outstanding = '',
  throwing = '',
  killing = '',
  control = '',
] = process.argv.slice(2)
const connection = await connectTo(Number(port))
// Full now and then: whoever is refused waits.
const transport = redisTransport(connection, { timeout: 2000, maxItems: 1000 })
const doubled = new RemoteBatcher<Item, number>(queue, {
  transport: control === 'no dedupe' ? twice(transport) : transport,
  // So that it hides no loss.
  resubmitAfter: Infinity,
  submitTimeout: 2000,
})

let next = 0
async function take(): Promise<void> {
  for (let n = next++; n < Number(count); n = next++) {
    const isKiller = n % Number(killing) === 1
    const kind = isKiller ? 'kills' : n % Number(throwing) === 2 ? 'throws' : 'plain'
    let line: string
    try {
      line = `${name} ${n} ok ${await doubled.process({ client: name, n, kind })}`
    } catch (error) {
      const { code, name: kind_ } = error as Error & { code?: string }
      line = `${name} ${n} ${code ?? kind_}`
    }
    appendFileSync(ledger, `${line}\n`)
  }
}
await Promise.all(Array.from({ length: Number(outstanding) }, take))
await doubled.close()
connection.destroy()
process.exit(0)

/** As a queue without dedupe does with what is submitted twice. */
function twice(single: Transport): Transport {
  return {
    ...single,
    client(queueName, client) {
      const one = single.client(queueName, client)
      const other = single.client(queueName, `${client}-again`)
      return {
        submit: async (items, settled) => {
          await other.submit(items, settled)
          return one.submit(items, settled)
        },
        replies: (options) => one.replies(options),
        cancel: (sequences) => one.cancel(sequences),
        close: async () => {
          await Promise.all([one.close(), other.close()])
        },
      }
    },
  }
}
