import { formatPeers, withUnit } from './format.js'
import { busyNote, datesOf, loadsOf, summaryOf } from './page.js'

/** The budgets whose first figure the README shows. */
const shown = [
  'closed-loop',
  'burst',
  'lone-item',
  'gather',
  'gather-turn',
  'iterate-turn',
  'limit-burst',
  'http',
  'serve-no-op',
  'serve-fastapi',
  'sizes',
]

/**
 * What stands in the README between its marks.
 *
 * @param {import('./types.js').Results} results
 */
export function frontFigures(results) {
  const { environment, rows } = results
  const lines = shown.flatMap((name) => {
    const row = rows.find((one) => one.name === name)
    const median = row?.ours?.figures?.median
    if (row === undefined || median === undefined) return []
    const { what, figure, unit, peers = [], budget = '' } = row
    const measured = peers.filter(({ figures }) => figures !== undefined)
    const others = formatPeers({ ...row, peers: measured })
    return [`| ${what}: ${figure} | ${withUnit(median, unit)} | ${budget} | ${others} |`]
  })
  return [
    `Measured ${datesOf(rows)} with Node ${environment.node} on ${environment.cores} cores of ${environment.cpu} (load average`,
    `${loadsOf(rows)}), in turns, each in a process of its own; the floor is the least that does the job.${busyNote(results)}`,
    '',
    '| | jitney | budget | others |',
    '|---|---|---|---|',
    ...lines,
    '',
    `${summaryOf(rows)} [All figures](docs/performance.md); \`npm run bench\` measures anew.`,
  ].join('\n')
}
