import { formatCost, formatFigures, formatPeers } from './format.js'

/**
 * A row as the terminal shows it.
 *
 * @param {import('./types.js').Row} row
 */
export function lineOf(row) {
  const { what, figure, unit, floor, ours, budget, verdict, note } = row
  if (verdict === 'skipped') return `SKIPPED  ${what}: ${note}`
  const costs = floor?.cost && [formatCost(ours?.cost), formatCost(floor.cost)].filter(Boolean)
  const words = [
    `${what}: ${figure} ${formatFigures(ours?.figures, unit)}`,
    budget && `budget ${budget}`,
    costs && costs.join(' over '),
    note,
  ].filter(Boolean)
  const peers = formatPeers(row)
  return `${verdict.toUpperCase().padEnd(8)} ${words.join('; ')}${peers && `\n           ${peers}`}`
}
