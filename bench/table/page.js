import { chartsOf } from './charts.js'
import { formatCost, formatFigures, formatPeers } from './format.js'

const heading =
  '| what | figure | floor | ours | ratio (range) | budget | | peers |\n|---|---|---|---|---|---|---|---|'

/**
 * docs/performance.md.
 *
 * @param {import('./types.js').Results} results
 */
export function pageOf(results) {
  const { environment, rows } = results
  const { node, cpu, cores, memoryGigabytes, packages, python } = environment
  const names = [...new Set(rows.map(({ section }) => section))]
  const charts = chartsOf(results)
  const sections = names.map((section) => {
    const images = charts
      .filter((chart) => chart.section === section)
      .map(({ file, title }) => `![${title}](charts/${file})`)
    const table = [heading, ...rows.filter((row) => row.section === section).map(rowOf)].join('\n')
    return [`## ${section}`, table, ...images, ...notesOf(rows, section)].join('\n\n')
  })
  const versions = (all) =>
    Object.entries(all)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')
  return `<!-- Generated from bench/results/latest.json: npm run bench:publish -->

# Performance

What jitney costs, held against its budgets. A figure is a ratio between things measured in turn, each in
a process of its own: the median of the rounds, and their range where there were several. The floor is the
least that does the job; \`ours\` and \`floor\` are absolute and move with the machine. How it is measured,
and how the peers are called: [bench](../bench/README.md). \`npm run bench\` measures anew. In the charts the
scale is logarithmic, the line at 1 is the floor, and the dashed one the budget.

${summaryOf(rows)}

Measured ${datesOf(rows)} on ${cpu}, ${cores} cores, ${memoryGigabytes} GB, ${environment.platform}, load
average ${loadsOf(rows)}.${busyNote(results)}${rows.some(({ quick }) => quick) ? ' Some rows come from `--quick`: few rounds, without peers.' : ''}

Versions: Node ${node}; ${versions(packages)}; ${versions(python) || 'no Python'}.

${sections.join('\n\n')}
`
}

/** @param {import('./types.js').KeptRow} row */
function rowOf(row) {
  const { what, figure, unit, floor, ours, budget, verdict } = row
  const cells =
    verdict === 'skipped'
      ? [what, '', '', '', '', budget ?? '', '**skipped**', row.note ?? '']
      : [
          what,
          figure,
          [floor?.what, formatCost(floor?.cost)].filter(Boolean).join(': '),
          formatCost(ours?.cost),
          formatFigures(ours?.figures, unit),
          budget ?? '',
          verdict === 'missed' ? '**missed**' : verdict,
          formatPeers(row),
        ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

/** @param {readonly import('./types.js').KeptRow[]} rows */
function notesOf(rows, section) {
  const noted = rows.filter(
    (row) => row.section === section && row.note && row.verdict !== 'skipped',
  )
  if (noted.length === 0) return []
  return [noted.map(({ what, note }) => `- ${what}: ${note}`).join('\n')]
}

/** @param {readonly import('./types.js').KeptRow[]} rows */
export function summaryOf(rows) {
  const count = (verdict) => rows.filter((row) => row.verdict === verdict).length
  const skipped = count('skipped') === 0 ? '' : `, ${count('skipped')} skipped here`
  return `${count('met')} of ${count('met') + count('missed')} budgets are met${skipped}.`
}

/** @param {readonly import('./types.js').KeptRow[]} rows */
export function datesOf(rows) {
  const days = [...new Set(rows.map(({ date }) => date.slice(0, 10)))].sort()
  return days.length === 1 ? days[0] : `${days[0]} to ${days.at(-1)}`
}

/**
 * A warning, where the machine had far more to do than to measure.
 *
 * @param {import('./types.js').Results} results
 */
export function busyNote({ environment, rows }) {
  const isBusy = rows.some(({ load }) => load > 2 * environment.cores)
  return isBusy ? ' Other programs kept the machine busy meanwhile: the figures are rough.' : ''
}

/** @param {readonly import('./types.js').KeptRow[]} rows */
export function loadsOf(rows) {
  const loads = rows.map(({ load }) => load)
  return `${Math.min(...loads)} to ${Math.max(...loads)}`
}
