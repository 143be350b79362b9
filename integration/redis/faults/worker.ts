/** A worker of a fault run: writes down what it does before it answers. Parameters: port, ledger, control. */
import { appendFileSync } from 'node:fs'

import { BatchWorker } from 'jitney/remote'
import { redisTransport } from 'jitney/redis'

import { connectTo, type Item, lease, queue } from './item.ts'

const [port = '', ledger = '', control = ''] = process.argv.slice(2)
const client = await connectTo(Number(port))
const worker = new BatchWorker(
  queue,
  async (items: Item[], { entries }) => {
    if (items.some(({ kind }) => kind === 'kills')) process.kill(process.pid, 'SIGKILL')
    if (items.some(({ kind }) => kind === 'throws')) throw new Error('poison')
    const lines = items.map(({ n, client: of }, at) => `${of} ${n} ${entries[at]!.id}\n`)
    const writeDown = (): void => appendFileSync(ledger, lines.join(''))
    if (control === 'early answers') {
      setTimeout(writeDown, 300)
      return items.map(({ n }) => n * 2)
    }
    writeDown()
    // So long that faults meet it at work.
    await new Promise((resolve) => setTimeout(resolve, 40))
    return items.map(({ n }) => n * 2)
  },
  {
    transport: redisTransport(client, { timeout: 2000 }),
    lease,
    maxBatchSize: 50,
    concurrency: 2,
    retry: { minDelay: 10, maxDelay: 100 },
  },
)
process.once('SIGTERM', () => {
  void worker.close().then(() => {
    client.destroy()
    process.exit(0)
  })
})
process.send?.('ready')
