/** The worker of the benchmark; at any message it tells what it did, and ends. Parameters: engine, URL. */
import { load } from './engine.ts'

const [engine = '', url = ''] = process.argv.slice(2)
let batches = 0
let items = 0
const worker = await (
  await load(engine)
).work(url, (numbers) => {
  batches += 1
  items += numbers.length
  return numbers.map((number) => number * 2)
})
const atFirst = process.cpuUsage()
async function stop(): Promise<void> {
  const { user, system } = process.cpuUsage(atFirst)
  process.send?.({ batches, items, cpu: user + system })
  await worker.close()
  process.exit()
}
process.once('message', () => void stop())
process.send?.('ready')
