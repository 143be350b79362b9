import { mkdir, writeFile } from 'node:fs/promises'
import { readArguments } from './harness/arguments.js'
import { describeEnvironment } from './harness/environment.js'
import { requireBuild } from './harness/require-build.js'
import { runScenario } from './harness/run-scenario.js'
import { formatTable } from './harness/table.js'

/** Measures what the arguments name, prints a table per scenario and writes results/DATE-scenarios.json. */
const { quick, rounds, module, scenarios } = readArguments()
if (module === undefined) requireBuild()
else process.env.JITNEY_MODULE = module

const effort = quick
  ? { warmUpMilliseconds: 600, measureMilliseconds: 200 }
  : { warmUpMilliseconds: 1000, measureMilliseconds: 700 }
const roundCount = rounds ?? (quick ? 2 : 7)

const environment = await describeEnvironment()
console.log(
  `Node ${environment.node}, ${environment.cpu}, ${environment.cores} cores, ${environment.date}`,
)
console.log(
  Object.entries(environment.packages)
    .map(([name, version]) => `${name} ${version}`)
    .join(', '),
)

const outcomes = []
for (const scenario of scenarios) {
  const comparisons = scenario.comparisons.filter(isThere)
  const results = await runScenario({ ...scenario, comparisons }, roundCount, effort, showProgress)
  showProgress('')
  console.log(`\n${formatTable(scenario, results)}`)
  outcomes.push(...results)
}

const folder = new URL('./results/', import.meta.url)
const stamp = environment.date.slice(0, 19).replaceAll(':', '-')
const name = `${stamp}-scenarios${quick ? '-quick' : ''}.json`
await mkdir(folder, { recursive: true })
await writeFile(
  new URL(name, folder),
  `${JSON.stringify({ environment, effort, outcomes }, null, 2)}\n`,
)
console.log(`\nbench/results/${name}`)

/** @param {import('./harness/types.js').Comparison} comparison */
function isThere(comparison) {
  const why = comparison.missing?.()
  if (why !== undefined) console.log(`\nSKIPPED ${comparison.name}: ${why}`)
  return why === undefined
}

/** One line that replaces itself, for whoever watches a terminal. */
function showProgress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`)
}
