const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const brief = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })

/** @typedef {number | null | undefined} Maybe */

const nothing = '–'

/** @param {Maybe} value */
export function formatCount(value) {
  if (value === null || value === undefined) return nothing
  return Number.isFinite(value) ? whole.format(value) : 'no bound'
}

/** @param {Maybe} value a rate, a mean */
export function formatNumber(value) {
  if (value === null || value === undefined) return nothing
  return value >= 1000 ? whole.format(value) : short.format(value)
}

/** @param {Maybe} value for an axis */
export function formatBrief(value) {
  return value === null || value === undefined ? '' : brief.format(value)
}

/** @param {Maybe} seconds */
export function formatDuration(seconds) {
  if (seconds === null || seconds === undefined) return nothing
  if (seconds >= 1) return `${short.format(seconds)} s`
  return `${short.format(seconds * 1000)} ms`
}

/** @param {number} milliseconds */
export function formatUptime(milliseconds) {
  const minutes = Math.floor(milliseconds / 60_000)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  if (days > 0) return `${days} d ${hours % 24} h`
  if (hours > 0) return `${hours} h ${minutes % 60} min`
  return minutes > 0 ? `${minutes} min` : `${Math.floor(milliseconds / 1000)} s`
}

/** @param {number} seconds from now, not above 0 */
export function formatAgo(seconds) {
  if (seconds > -1) return 'now'
  return seconds % 60 === 0 ? `${-seconds / 60} min` : `${Math.round(-seconds)} s`
}
