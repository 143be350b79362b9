/** A client of the benchmark: so many calls at a time. Parameters: engine, URL, outstanding, warm-up, duration. */
import { load } from './engine.ts'

const [engine = '', url = '', outstanding = '', warmUp = '', milliseconds = ''] =
  process.argv.slice(2)
const client = await (await load(engine)).client(url)
const atFirst = process.cpuUsage()
const latencies: number[] = []
const start = performance.now() + Number(warmUp)
const end = start + Number(milliseconds)
let wrong = 0

async function ask(n: number): Promise<void> {
  for (let number = n; performance.now() < end; number += 1) {
    const since = performance.now()
    const result = await client.process(number)
    if (result !== number * 2) wrong += 1
    const now = performance.now()
    if (since >= start && now < end) latencies.push(now - since)
  }
}
await Promise.all(Array.from({ length: Number(outstanding) }, (_, n) => ask(n * 1e6)))
await client.close()
const { user, system } = process.cpuUsage(atFirst)
process.send?.({ latencies, wrong, cpu: user + system })
