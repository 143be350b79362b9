import { median } from './statistics.js'

const headings = [
  '',
  'figure',
  'smallest-largest',
  'p99',
  'budget',
  '',
  'cost',
  'reference',
  'batch',
]

/**
 * One scenario as aligned text.
 *
 * @param {import('./types.js').Scenario} scenario
 * @param {readonly import('./types.js').Outcome[]} outcomes
 */
export function formatTable(scenario, outcomes) {
  const rows = [headings, ...outcomes.map(formatRow)]
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
      )
      .join('  ')
      .trimEnd(),
  )
  return [`${scenario.title} (${scenario.name})`, ...lines.map((line) => `  ${line}`)].join('\n')
}

/** @param {import('./types.js').Outcome} outcome */
function formatRow(outcome) {
  const { figures, p99Figures, budget, withinBudget, rounds, unit } = outcome
  const digits = outcome.figure === 'ratio' ? 2 : 3
  const cost = (side) => median(rounds.map((round) => round[side].typical))
  const costDigits = { ns: 0, MB: 1 }[unit] ?? 4
  const { batchSize } = rounds[0].contestant
  return [
    outcome.name,
    figures.median.toFixed(digits),
    `${figures.smallest.toFixed(digits)}-${figures.largest.toFixed(digits)}`,
    p99Figures === undefined ? '' : p99Figures.median.toFixed(digits),
    budget === undefined ? '' : String(budget),
    withinBudget === undefined ? '' : withinBudget ? 'met' : 'MISSED',
    `${cost('contestant').toFixed(costDigits)} ${unit}`,
    `${cost('reference').toFixed(costDigits)} ${unit}`,
    batchSize === undefined
      ? ''
      : median(rounds.map((round) => round.contestant.batchSize ?? 0)).toFixed(0),
  ]
}
