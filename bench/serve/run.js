import { mkdir, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { describeEnvironment } from '../harness/environment.js'
import { requireBuild } from '../harness/require-build.js'
import { summarize } from '../harness/statistics.js'
import { accessLog } from './access-log.js'
import { modelBesideFastApi } from './model-beside-fastapi.js'
import { flood, model } from './model.js'
import { noOp } from './no-op.js'

/** `jitney serve` under load: prints each figure with its budget and writes results/DATE-serve.json. */
const scenarios = {
  'no-op': noOp,
  'access-log': accessLog,
  model,
  flood,
  fastapi: modelBesideFastApi,
}
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
  },
})
const names = positionals.length === 0 ? Object.keys(scenarios) : positionals
const unknown = names.filter((name) => !Object.hasOwn(scenarios, name))
if (unknown.length > 0) {
  throw new RangeError(
    `Cannot measure ${unknown.join(', ')}: there is ${Object.keys(scenarios).join(', ')}`,
  )
}
requireBuild()

const environment = await describeEnvironment()
const outcomes = []
for (const name of names) {
  const { budgets, measure } = scenarios[name]
  const rounds = []
  for (let round = 0; round < Number(values.rounds); round++) {
    rounds.push({
      load: loadavg()[0],
      ...(await measure(round, Number(values.seconds) * 1000)),
    })
  }
  console.log(`\n${name}, ${rounds.length} rounds`)
  const figures = {}
  for (const figure of Object.keys(rounds[0])) {
    const summary = summarize(rounds.map((result) => result[figure]))
    const budget = budgets[figure]
    figures[figure] = { ...summary, budget, met: budget?.isMetBy(summary.median) }
    const verdict =
      budget === undefined
        ? ''
        : `${budget.text}: ${budget.isMetBy(summary.median) ? 'met' : 'MISSED'}`
    console.log(
      `  ${figure.padEnd(34)} ${show(summary.median).padStart(10)}  (${show(summary.smallest)}-${show(summary.largest)})  ${verdict}`.trimEnd(),
    )
  }
  outcomes.push({ scenario: name, figures, rounds })
}

const folder = new URL('../results/', import.meta.url)
const file = `${environment.date.slice(0, 19).replaceAll(':', '-')}-serve.json`
await mkdir(folder, { recursive: true })
await writeFile(
  new URL(file, folder),
  `${JSON.stringify({ environment, seconds: Number(values.seconds), outcomes }, null, 2)}\n`,
)
console.log(`\nbench/results/${file}`)

/** @param {number} number */
function show(number) {
  return Math.abs(number) >= 100 ? number.toFixed(0) : number.toFixed(3)
}
