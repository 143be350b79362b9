import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { sections } from './budgets/all.js'
import { describeEnvironment } from './harness/environment.js'
import { requireBuild } from './harness/require-build.js'
import { keep, save } from './table/results.js'
import { publish } from './table/publish.js'
import { skippedRow } from './table/skipped-row.js'
import { lineOf } from './table/text.js'

/**
 * Measures all budgets, or those that the arguments name, and prints a line for each figure. Writes
 * results/DATE.json; a full run, or one with --keep, also puts its rows into results/latest.json and
 * writes the pages that are made from it. A budget that is missed fails nothing: a shared machine is
 * no judge. What could not be measured does.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    rounds: { type: 'string' },
  },
})
const { quick } = values
const rounds = Number(values.rounds ?? (quick ? 1 : 3))
if (!(Number.isInteger(rounds) && rounds >= 1)) {
  throw new RangeError(`Cannot measure: --rounds must be an integer >= 1: ${values.rounds}`)
}
const all = sections.flatMap(({ section, budgets }) =>
  budgets.map((budget) => ({ section, budget })),
)
const known = all.map(({ budget }) => budget.name)
const unknown = positionals.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  throw new RangeError(`Cannot measure ${unknown.join(', ')}: there is ${known.join(', ')}`)
}
requireBuild()

const thoroughness = {
  quick,
  rounds,
  effort: quick
    ? { warmUpMilliseconds: 600, measureMilliseconds: 200 }
    : { warmUpMilliseconds: 1000, measureMilliseconds: 500 },
  report: showProgress,
}
const environment = await describeEnvironment()
const versions = Object.entries({ ...environment.packages, ...environment.python })
console.log(`Node ${environment.node}, ${environment.cpu}, ${environment.cores} cores`)
console.log(versions.map(([name, version]) => `${name} ${version}`).join(', '))

/** @type {import('./table/types.js').KeptRow[]} */
const rows = []
const failures = []
for (const { section, budget } of all) {
  if (positionals.length > 0 && !positionals.includes(budget.name)) continue
  const start = performance.now()
  const measured = await measure(budget)
  showProgress('')
  const seconds = Math.round((performance.now() - start) / 1000)
  console.log(`\n${section}: ${budget.name} (${seconds} s)`)
  const now = { date: new Date().toISOString(), load: Math.round(loadavg()[0] * 10) / 10 }
  for (const row of measured) {
    console.log(`  ${lineOf(row)}`)
    rows.push({ section, name: budget.name, ...row, ...now, ...(quick && { quick }) })
  }
  await save({ environment, rows }, quick)
}

const count = (verdict) => rows.filter((row) => row.verdict === verdict).length
console.log(
  `\n${count('met')} met, ${count('missed')} missed, ${count('reported only')} reported only, ${count('skipped')} skipped`,
)
for (const failure of failures) console.error(failure)
if (failures.length > 0) process.exitCode = 1
if (values.keep || (!quick && positionals.length === 0)) {
  await keep({ environment, rows }, known)
  await publish()
}

/**
 * @param {import('./table/types.js').Budget} budget
 * @returns {Promise<readonly import('./table/types.js').Row[]>}
 */
async function measure(budget) {
  const why = budget.missing?.(thoroughness)
  if (why !== undefined) return [skippedRow(budget.title, why)]
  try {
    return await budget.measure(thoroughness)
  } catch (error) {
    // The others are measured even so.
    const { stack, message } = /** @type {Error} */ (error)
    failures.push(`\nCannot measure ${budget.name}: ${stack}`)
    return [skippedRow(budget.title, `failed: ${message.split('\n')[0]}`)]
  }
}

/** One line that replaces itself, for whoever watches a terminal. */
function showProgress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`)
}
