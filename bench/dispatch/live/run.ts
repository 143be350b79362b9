import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'

import { type OpenArrivals, openArrivals } from '../arrivals.ts'
import { type Backend, capacityOf } from '../backend.ts'
import { Random } from '../random.ts'
import { startUpstream } from './client.ts'
import { ratioOf } from './interval.ts'
import { measureLive, measureLone, type Window } from './measure.ts'

// Adaptive dispatch against fixed windows, with real upstreams on this machine, after `npm run build`:
// npx tsx bench/dispatch/live/run.ts [--seconds 10] [--rounds 6] [--seed 1] [--slots 4] [--kind bursts]
//
// With `--slots` or `--kind` one upstream or one kind of arrivals, for a run in pieces.
// In each round all windows get the same arrivals, and take turns at being the first.

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
    slots: { type: 'string' },
    kind: { type: 'string' },
  },
})
const [seconds, rounds, seed] = [values.seconds, values.rounds, values.seed].map(Number) as [
  number,
  number,
  number,
]
const backends: readonly Backend[] = [
  { slots: 4, a: 5, b: 0.5, maxBatchSize: 64 },
  { slots: 1, a: 11, b: 0.01, maxBatchSize: 1000 },
]
const kinds: readonly OpenArrivals[] = [{ kind: 'poisson' }, { kind: 'bursts', size: 20 }]
const loads = [0.02, 0.3, 0.7, 0.93]
const windows: readonly Window[] = ['adaptive', 0, 1, 2, 5, 10, 20]

const cells = []
const lone = []
for (const backend of backends) {
  if (values.slots !== undefined && backend.slots !== Number(values.slots)) continue
  const upstream = await startUpstream(backend)
  const name = `${backend.slots} slots, ${backend.a} + ${backend.b} n ms`
  const { batched, direct } = await measureLone(upstream, backend, Math.ceil(seconds * 40))
  lone.push({ name, batched, direct })
  console.log(
    `\n${name}\n  one caller: ${batched.toFixed(2)} ms, without a batcher ${direct.toFixed(2)} ms`,
  )
  for (const kind of kinds) {
    if (values.kind !== undefined && kind.kind !== values.kind) continue
    for (const load of loads) {
      const rate = load * capacityOf(backend)
      const count = Math.ceil(rate * seconds * 1000)
      const latencies = windows.map((): number[] => [])
      for (let round = 0; round < rounds; round += 1) {
        const times = openArrivals(kind, rate, count, new Random(seed * 1000 + round))
        for (let turn = 0; turn < windows.length; turn += 1) {
          const index = (turn + round) % windows.length
          const window = windows[index] as Window
          const { meanLatency } = await measureLive(upstream, backend, window, times, count / 5)
          latencies[index]?.push(meanLatency)
        }
      }
      const [learned = [], ...fixed] = latencies
      const means = fixed.map((list) => list.reduce((sum, value) => sum + value, 0) / rounds)
      const best = means.indexOf(Math.min(...means))
      const over = ratioOf(learned, fixed[best] as number[], new Random(seed))
      const cell = {
        name: `${name}; ${kind.kind}, ${load * 100} %`,
        bestWindow: windows[best + 1],
        ...over,
        adaptive: learned.reduce((sum, value) => sum + value, 0) / rounds,
        fixed: Object.fromEntries(means.map((mean, index) => [String(windows[index + 1]), mean])),
        latencies,
      }
      cells.push(cell)
      console.log(
        `  ${over.high <= 1.08 ? 'ok  ' : 'MISS'} ${kind.kind.padEnd(8)} ${String(load * 100).padStart(3)} %: ` +
          `${cell.adaptive.toFixed(2)} ms, ${over.ratio.toFixed(3)} (${over.low.toFixed(3)} to ${over.high.toFixed(3)}) ` +
          `of the best window, ${cell.bestWindow} ms; fixed ${means.map((mean) => mean.toFixed(2)).join(' ')}`,
      )
    }
  }
  upstream.close()
}

const folder = new URL('../../results/', import.meta.url)
mkdirSync(folder, { recursive: true })
const piece = [values.slots, values.kind].map((of) => (of === undefined ? '' : `-${of}`)).join('')
const file = new URL(`dispatch-live-seed-${seed}${piece}.json`, folder)
const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length }
writeFileSync(file, `${JSON.stringify({ seed, seconds, rounds, machine, lone, cells })}\n`)
console.log(`\n${file.pathname}`)
