/** What was measured, and between what the truth lies with 95 % confidence. */
export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** Of the normal distribution, and of Student's for 1, 2, 3 ... degrees of freedom. */
const normal = 1.96
const student = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228]

/** So few values that even the least and the largest say less than 95 %. */
export const fewestForMedian = 6

/**
 * The median, by the ranks between which it lies: whatever the distribution is, and however far away
 * the outliers are. Below six values, the least and the largest.
 */
export function medianOf(values: readonly number[]): Estimate {
  const sorted = values.toSorted((left, right) => left - right)
  const middle = sorted.length / 2
  const half = (normal * Math.sqrt(sorted.length)) / 2
  const at = (rank: number): number => sorted[rank - 1] ?? Number.NaN
  const lowest = Math.max(1, Math.floor(middle - half))
  return {
    value: (at(Math.ceil(middle)) + at(Math.floor(middle) + 1)) / 2,
    low: at(lowest),
    high: at(sorted.length + 1 - lowest),
  }
}

/** The mean of values that are independent of each other. */
export function meanOf(values: readonly number[]): Estimate {
  const value = sum(values) / values.length
  const freedom = values.length - 1
  if (freedom < 1) return { value, low: -Infinity, high: Infinity }
  const variance = sum(values.map((each) => (each - value) ** 2)) / freedom
  // Beyond the table, what is missing to the normal distribution falls as 1 / freedom.
  const factor = student[freedom - 1] ?? normal + 2.7 / freedom
  const half = factor * Math.sqrt(variance / values.length)
  return { value, low: value - half, high: value + half }
}

/** Half of the interval, of the value. */
export function errorOf({ value, low, high }: Estimate): number {
  return high === low ? 0 : (high - low) / 2 / Math.abs(value)
}

/** The value that so large a part of them does not pass. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
