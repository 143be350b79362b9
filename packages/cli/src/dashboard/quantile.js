/**
 * A histogram: what was counted up to each bound; the last bound is `null`, for no bound.
 *
 * @typedef {{ sum: number, count: number, buckets: readonly (readonly [number | null, number])[] }} Histogram
 */

/** @type {Histogram} */
export const emptyHistogram = { sum: 0, count: 0, buckets: [] }

/**
 * What came between two moments.
 *
 * @param {Histogram} now
 * @param {Histogram} before
 * @returns {Histogram}
 */
export function since(now, before) {
  return combine(now, before, (left, right) => Math.max(0, left - right))
}

/**
 * @param {Histogram} left
 * @param {Histogram} right
 * @returns {Histogram}
 */
export function plus(left, right) {
  return combine(left, right, (one, other) => one + other)
}

/**
 * @param {Histogram} left
 * @param {Histogram} right
 * @param {(left: number, right: number) => number} by
 * @returns {Histogram}
 */
function combine(left, right, by) {
  const { buckets } = left.buckets.length > 0 ? left : right
  return {
    sum: by(left.sum, right.sum),
    count: by(left.count, right.count),
    buckets: buckets.map(([bound], index) => [
      bound,
      by(left.buckets[index]?.[1] ?? 0, right.buckets[index]?.[1] ?? 0),
    ]),
  }
}

/**
 * A quantile, as Prometheus' `histogram_quantile` estimates it: evenly spread within its bucket.
 *
 * @param {Histogram} histogram
 * @param {number} share from 0 to 1
 * @returns {number | null} `null` if nothing was counted
 */
export function quantile({ count, buckets }, share) {
  if (!(count > 0)) return null
  const rank = share * count
  let lower = 0
  let below = 0
  for (const [bound, upTo] of buckets) {
    if (upTo >= rank && upTo > below) {
      if (bound === null) return lower
      return lower + ((bound - lower) * (rank - below)) / (upTo - below)
    }
    lower = bound ?? lower
    below = upTo
  }
  return lower
}

/**
 * @param {Histogram} histogram
 * @returns {number | null}
 */
export function mean({ sum, count }) {
  return count > 0 ? sum / count : null
}
