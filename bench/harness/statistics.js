/**
 * @param {readonly number[]} numbers
 * @param {number} share between 0 and 1
 */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((left, right) => left - right)
  const position = (sorted.length - 1) * share
  const lower = sorted[Math.floor(position)]
  const upper = sorted[Math.ceil(position)]
  return lower + (upper - lower) * (position - Math.floor(position))
}

/** @param {readonly number[]} numbers */
export function median(numbers) {
  return quantile(numbers, 0.5)
}

/**
 * @param {readonly number[]} numbers
 * @returns {import('./types.js').Summary}
 */
export function summarize(numbers) {
  return { median: median(numbers), smallest: Math.min(...numbers), largest: Math.max(...numbers) }
}
