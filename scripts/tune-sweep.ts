/**
 * Runs `jitney tune` on the example in real time, then measures each of the settings that it could
 * have recommended, and says how far off it was. For a quiet machine; it takes some minutes.
 */
import { execFileSync } from 'node:child_process'

import type { BatchFunction } from 'jitney'

import { predict } from '../examples/slow-model.ts'
import { ExampleItems } from '../packages/cli/src/tune/example-items.ts'
import type { Report } from '../packages/cli/src/tune/findings.ts'
import { measure } from '../packages/cli/src/tune/measure.ts'
import { ModuleProbe } from '../packages/cli/src/tune/module-probe.ts'

/** What the example says of itself, in milliseconds. */
const truth = { a: 20, b: 1 }
/** How far off any of it may be. */
const most = 0.05

const command = ['packages/cli/dist/bin.js', 'tune', 'examples/slow-model.ts', '--json']
const report = JSON.parse(
  execFileSync(process.execPath, command, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }),
) as Report
const { settings } = report.verdicts[0]!
console.log(`Recommended ${JSON.stringify(settings)} after ${Math.round(report.elapsed / 1000)} s`)

const probe = new ModuleProbe({
  batchFunction: predict.batchFunction as BatchFunction<unknown, unknown>,
  items: new ExampleItems(predict.examples!),
  timeout: 30_000,
  batchKey: undefined,
  clock: performance,
})

async function rateOf(size: number, concurrency: number): Promise<number> {
  const { signal } = new AbortController()
  const perSlot = Math.max(3, Math.ceil(500 / (truth.a + truth.b * size)))
  const options = { probe, clock: performance, signal, size, concurrency, perSlot }
  const { batches } = await measure(options)
  const held = batches.reduce((sum, batch) => sum + batch.held, 0) / batches.length
  return (1000 * size * concurrency) / held
}

let best = { rate: 0, size: 0, concurrency: 0 }
for (let size = 1; size <= 1024; size *= 2) {
  for (let concurrency = 1; concurrency <= 16; concurrency *= 2) {
    const rate = await rateOf(size, concurrency)
    if (rate > best.rate) best = { rate, size, concurrency }
  }
}
const reached = await rateOf(settings.maxBatchSize, settings.concurrency)

const errors = {
  a: Math.abs(report.cost!.a / truth.a - 1),
  b: Math.abs(report.cost!.b / truth.b - 1),
  throughput: Math.max(0, 1 - reached / best.rate),
}
console.log(
  `a = ${report.cost!.a.toFixed(2)} ms of ${truth.a}, b = ${report.cost!.b.toFixed(3)} ms of ${truth.b}`,
)
console.log(
  `${Math.round(reached)} items/s of ${Math.round(best.rate)}, by ${best.size} and ${best.concurrency} at once`,
)
for (const [name, error] of Object.entries(errors)) {
  console.log(`${name}: ${(100 * error).toFixed(1)} % off`)
  if (error > most) process.exitCode = 1
}
