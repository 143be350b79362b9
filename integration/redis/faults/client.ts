/**
 * A client of a fault run: hands over its items, so many at a time, and writes down what became of each.
 * Parameters: port, ledger, name, items, outstanding, every how manyth throws, and kills.
 */
import { appendFileSync } from 'node:fs'

import { RemoteBatcher } from 'jitney/remote'
import { redisTransport } from 'jitney/redis'
import { createClient } from 'redis'

import { connectionTo, type Item, queue } from './item.ts'

const [
  port = '',
  ledger = '',
  name = '',
  count = '',
  outstanding = '',
  throwing = '',
  killing = '',
] = process.argv.slice(2)
const connection = createClient(connectionTo(Number(port)))
connection.on('error', () => {})
await connection.connect()
const doubled = new RemoteBatcher<Item, number>(queue, {
  // Full now and then: whoever is refused waits.
  transport: redisTransport(connection, { timeout: 2000, maxItems: 1000 }),
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
