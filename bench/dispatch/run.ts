import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import {
  type Gate,
  gatesOf,
  loopGates,
  measureGrid,
  measureLoops,
  overloadGate,
  rateFigures,
  stepGate,
  variations,
} from './gates.ts'
import { measureRates } from './rates.ts'

// All gates of adaptive dispatch, on a virtual clock:
// npx tsx --conditions=jitney:source bench/dispatch/run.ts [--seed 1] [--quick] [--verbose]

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
})
const seed = Number(values.seed)
const effort = values.quick
  ? { batches: 150, least: 4000, most: 40_000 }
  : { batches: 1000, least: 20_000, most: 500_000 }

const report: { title: string; gates: Gate[] }[] = []

function show(title: string, gates: Gate[]): void {
  report.push({ title, gates })
  console.log(`\n${title}`)
  for (const { name, figure, allowed, passed, worst } of gates) {
    const verdict = passed ? 'ok  ' : 'MISS'
    const where = worst === undefined ? '' : `  (${worst})`
    console.log(`  ${verdict} ${name.padEnd(50)} ${figure.toFixed(3)} ${allowed}${where}`)
  }
}

console.log(`seed ${seed}, ${JSON.stringify(effort)}`)
const grids: Record<string, unknown> = {}
for (const [name, variation] of Object.entries(variations)) {
  const cells = measureGrid(variation, seed * 1_000_000, effort)
  grids[name] = cells
  const listed = cells.filter((cell) => !cell.name.includes('trickles'))
  for (const of of ['learned', 'given', 'atOnce'] as const) {
    show(`${name}, a and b ${of}, ${listed.length} cells`, gatesOf(listed, of))
    if (name === 'exact')
      show(
        `${name}, a and b ${of}, with bursts spread in time, ${cells.length} cells`,
        gatesOf(cells, of),
      )
  }
}
// In a short run of a closed loop it counts much with how many answers it begins and ends.
const loops = measureLoops(seed * 1_000_000, { ...effort, least: effort.least * 5 })
grids.loops = loops
if (values.verbose)
  for (const { name, best, atOnce, learned, bestWindow } of loops
    .toSorted((x, y) => x.learned / x.best - y.learned / y.best)
    .slice(0, 12))
    console.log(name, bestWindow, (learned / best).toFixed(3), (atOnce / best).toFixed(3))
show(`closed loops, ${loops.length} cells`, loopGates(loops))
show('overload and change', [overloadGate(seed, effort), stepGate(seed)])

const rates = measureRates(seed, effort.least)
grids.rates = rates
show(`limits on calls, ${rates.length} cells, no gates`, rateFigures(rates))

const folder = new URL('../results/', import.meta.url)
mkdirSync(folder, { recursive: true })
const file = new URL(`dispatch-seed-${seed}${values.quick ? '-quick' : ''}.json`, folder)
const round = (_: string, value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toPrecision(6)) : value
const results = { seed, effort, node: process.version, report, grids }
writeFileSync(file, `${JSON.stringify(results, round)}\n`)
console.log(`\n${file.pathname}`)
