import { RemoteBatcher } from 'jitney/remote'
import { redisTransport } from 'jitney/redis'
import { createClient } from 'redis'

const [url = '', outstanding = '', warmUp = '', milliseconds = ''] = process.argv.slice(2)
const client = await createClient({ url }).connect()
const doubled = new RemoteBatcher<number, number>('bench', { transport: redisTransport(client) })
const latencies: number[] = []
const start = performance.now() + Number(warmUp)
const end = start + Number(milliseconds)
let wrong = 0

async function ask(n: number): Promise<void> {
  for (let number = n; performance.now() < end; number += 1) {
    const since = performance.now()
    const result = await doubled.process(number)
    if (result !== number * 2) wrong += 1
    const now = performance.now()
    if (since >= start && now < end) latencies.push(now - since)
  }
}
await Promise.all(Array.from({ length: Number(outstanding) }, (_, n) => ask(n * 1e6)))
await doubled.close()
client.destroy()
const { user, system } = process.cpuUsage()
process.send?.({ latencies, wrong, cpu: user + system })
