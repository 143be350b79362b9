import { countsOf, difference } from './history.js'
import { quantile } from './quantile.js'

/** @typedef {(number | null)[][]} Series */

/** @param {number} [length] @returns {Series} */
const lists = (length = 1) => Array.from({ length }, () => [])

/**
 * What the charts show: for each moment what was counted since the one before.
 *
 * @param {readonly import('./history.js').Sample[]} samples
 * @param {string} route
 * @returns {{ rates: Series, latency: Series, times: Series, queue: Series }}
 */
export function seriesOf(samples, route) {
  const rates = lists(3)
  const latency = lists(4)
  const times = lists(3)
  const queue = lists(4)
  const last = samples.at(-1)?.time ?? 0
  /** @type {import('./history.js').Counts | undefined} */
  let before
  let beforeTime = 0
  for (const { time, snapshot } of samples) {
    const counts = countsOf(snapshot, route)
    const seconds = (time - beforeTime) / 1000
    const isFirst = before === undefined
    const step = before === undefined ? counts : difference(counts, before)
    const x = (time - last) / 1000
    /** @param {number} value */
    const rate = (value) => (isFirst || seconds <= 0 ? null : value / seconds)
    /** @param {import('./quantile.js').Histogram} histogram @param {number} share */
    const at = (histogram, share) => (isFirst ? null : quantile(histogram, share))
    put(rates, x, rate(step.requests), rate(step.batches))
    put(latency, x, ...[0.5, 0.95, 0.99].map((share) => at(step.latency, share)))
    put(times, x, at(step.queueTime, 0.95), at(step.batchDuration, 0.95))
    put(queue, x, counts.queued + counts.waiting, counts.active, counts.slots)
    before = counts
    beforeTime = time
  }
  return { rates, latency, times, queue }
}

/**
 * @param {Series} series
 * @param {...(number | null)} values
 */
function put(series, ...values) {
  for (const [index, value] of values.entries()) series[index]?.push(value)
}
