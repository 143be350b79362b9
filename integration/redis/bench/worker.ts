import { BatchWorker } from 'jitney/remote'
import { redisTransport } from 'jitney/redis'
import { createClient } from 'redis'

const [url = ''] = process.argv.slice(2)
const client = await createClient({ url }).connect()
let batches = 0
let items = 0
const worker = new BatchWorker(
  'bench',
  (numbers: number[]) => {
    batches += 1
    items += numbers.length
    return numbers.map((number) => number * 2)
  },
  { transport: redisTransport(client), maxBatchSize: 100, concurrency: 4 },
)
async function stop(): Promise<void> {
  const { user, system } = process.cpuUsage()
  process.send?.({ batches, items, cpu: user + system })
  await worker.close()
  client.destroy()
  process.exit()
}
process.once('message', () => void stop())
process.send?.('ready')
