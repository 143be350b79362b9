import { readFileSync, writeFileSync } from 'node:fs'

import { loads, windows } from './grid.ts'
import { lineChart } from './line-chart.ts'
import type { Cell } from './measure.ts'

// The chart of docs/adaptive.md, from what run.ts wrote: npx tsx bench/dispatch/charts.ts [--seed 1]

interface Results {
  readonly grids: { readonly exact: readonly Cell[] }
}

const seed = process.argv.includes('--seed') ? process.argv.at(-1) : '1'
const results = new URL(`../results/dispatch-seed-${seed}.json`, import.meta.url)
const { grids } = JSON.parse(readFileSync(results, 'utf8')) as Results
const docs = new URL('../../docs/', import.meta.url)

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

const listed = grids.exact.filter(({ name }) => !name.includes('trickles'))
const byLoad = (of: (cell: Cell) => number): number[] =>
  loads.map((load) =>
    mean(
      listed
        .filter(({ name }) => name.endsWith(`, ${Math.round(load * 100)} %`))
        .map((cell) => of(cell) / cell.best),
    ),
  )
const fixed = (window: number): number[] =>
  byLoad((cell) => cell.fixed[windows.indexOf(window)] as number)

writeFileSync(
  new URL('adaptive-load.svg', docs),
  lineChart({
    title: 'Mean latency over that of the best window in hindsight',
    description:
      'By load: adaptive stays at 1; leaving at once is up to a tenth above; fixed windows are far above at low load, and no better than adaptive at high load.',
    xLabel: 'load, percent of the capacity',
    places: loads.map((load) => String(Math.round(load * 100))),
    marks: [1, 1.2, 1.5, 2, 3, 5],
    lines: [
      { label: 'adaptive', values: byLoad(({ learned }) => learned) },
      { label: 'leaving at once', values: byLoad(({ atOnce }) => atOnce) },
      { label: 'window of 2 ms', values: fixed(2) },
      { label: 'window of 10 ms', values: fixed(10) },
      { label: 'window of 50 ms', values: fixed(50) },
    ],
  }),
)
