/**
 * How many items a file accepts, and how many go there and back: npm run bench, with a number of items if
 * not 200,000. As JSON to the file `RESULTS`, where it is set.
 *
 * One process: its client, its worker, and the thread of the file. The binding is libsql, or what
 * BINDING says (`node` for node:sqlite).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { BatchWorker, RemoteBatcher } from 'jitney/remote'
import { sqliteTransport } from 'jitney/sqlite'

const count = Number(process.argv[2] ?? 200_000)
const rates = []
const name = process.env['BINDING'] ?? 'libsql'
const binding = name === 'node' ? undefined : name
const folder = mkdtempSync(join(tmpdir(), 'jitney-bench-'))
const transport = sqliteTransport(join(folder, 'queues.db'), { binding, maxItems: Infinity })
// The file is there.
await transport.admin('none').stats()

await measure('accepted', async () => {
  const batcher = new RemoteBatcher('accepted', { transport })
  const calls = Array.from({ length: count }, (_, n) => batcher.process(n))
  for (const call of calls) call.catch(() => {})
  while (batcher.stats().accepted < count) await new Promise((resolve) => setTimeout(resolve, 5))
  return batcher
})

const worker = new BatchWorker('squares', (numbers) => numbers.map((n) => n * n), {
  transport,
  maxBatchSize: 100,
  concurrency: 4,
})
for (const lanes of [16, 512]) {
  await measure(`there and back, ${lanes} at a time`, async () => {
    const batcher = new RemoteBatcher('squares', { transport })
    const times = []
    let left = lanes === 16 ? count / 20 : count
    const lane = async () => {
      while (left-- > 0) {
        const start = performance.now()
        await batcher.process(left)
        times.push(performance.now() - start)
      }
    }
    await Promise.all(Array.from({ length: lanes }, lane))
    times.sort((one, other) => one - other)
    const at = (part) => times[Math.floor(times.length * part)].toFixed(1)
    console.log(`  p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`)
    return Object.assign(batcher, { counted: times.length })
  })
}
const { items, batches } = worker.stats()
console.log(`mean batch ${(items / batches).toFixed(1)}`)
await worker.close()
await transport.close()
rmSync(folder, { recursive: true })
const { RESULTS: file } = process.env
if (file !== undefined) writeFileSync(file, JSON.stringify(rates))

/** Tells how many items a second it was. */
async function measure(what, run) {
  const start = performance.now()
  const batcher = await run()
  const seconds = (performance.now() - start) / 1000
  const rate = Math.round((batcher.counted ?? count) / seconds)
  console.log(`${what}: ${rate} items/s`)
  rates.push({ what, rate })
  batcher.abort()
  await batcher.close()
}
