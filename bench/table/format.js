const spokenNames = {
  'as-completed': 'asCompleted',
  'map-iterable': 'mapIterable',
  'map-floor': 'the floor',
  'iterate-floor': 'the floor of iterators',
  'p-map-iterable': 'pMapIterable',
  'async-map-limit': 'async',
  dataloader: 'DataLoader, no cache',
  'dataloader-cache': 'DataLoader',
  effect: 'Effect',
  'node-stream': 'Node streams',
  pacer: 'Pacer',
  rxjs: 'RxJS',
}

/** What a contestant is called by people. */
export function nameOf(contestant) {
  return spokenNames[contestant] ?? contestant
}

/**
 * @param {number} value
 * @param {string} unit empty for a ratio
 */
export function formatNumber(value, unit) {
  if (['bytes', 'requests', 'requests/s', 'items/s', 'rows/s'].includes(unit)) {
    return Math.round(value).toLocaleString('en')
  }
  const magnitude = Math.abs(value)
  if (magnitude >= 1000) return Math.round(value).toLocaleString('en')
  if (unit === 'ns') return value.toFixed(0)
  if (unit === 'ms' && magnitude < 1) return value.toFixed(3)
  return value.toFixed(magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2)
}

/**
 * @param {number} value
 * @param {string} unit
 */
export function withUnit(value, unit) {
  return `${formatNumber(value, unit)} ${unit}`.trimEnd()
}

/** @param {import('./types.js').Cost | undefined} cost */
export function formatCost(cost) {
  return cost === undefined ? '' : withUnit(cost.value, cost.unit)
}

/**
 * The median, and the range where there were several rounds.
 *
 * @param {import('./types.js').Figures | undefined} figures
 * @param {string} unit
 */
export function formatFigures(figures, unit) {
  if (figures === undefined) return ''
  const { median, smallest, largest, rounds } = figures
  if (rounds.length === 1) return withUnit(median, unit)
  return `${withUnit(median, unit)} (${formatNumber(smallest, unit)}-${formatNumber(largest, unit)})`
}

/**
 * What was measured, and then what was not, with the reason.
 *
 * @param {import('./types.js').Row} row
 */
export function formatPeers({ peers = [], unit }) {
  const measured = peers.flatMap(({ name, figures }) =>
    figures === undefined ? [] : [`${nameOf(name)} ${withUnit(figures.median, unit)}`],
  )
  const reasons = new Set(peers.flatMap(({ skipped = [] }) => skipped))
  const skipped = [...reasons].map((reason) => {
    const names = peers.filter((peer) => peer.skipped === reason).map(({ name }) => nameOf(name))
    return `skipped, ${reason}: ${names.join(', ')}`
  })
  return [...measured, ...skipped].join(', ')
}
