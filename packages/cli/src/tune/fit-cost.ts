import type { Cell } from './cell.ts'
import { sum } from './estimate.ts'

/** What a batch costs, in milliseconds: `a` for the call and `b` for each item in it. */
export interface Cost {
  readonly a: number
  readonly b: number
  /** How far the duration of a size is from `a + b * size` at most, as a part of it. */
  readonly error: number
}

interface Sample {
  readonly size: number
  readonly duration: number
  /** Batches that it was measured with. */
  readonly batches: number
}

/**
 * Fits `a + b * size`, neither below 0, to one duration per size, by least squares of the relative
 * errors: absolute ones would leave `a` to the largest batches. `undefined` for fewer than two sizes,
 * and for batches that take no time.
 */
export function fitCost(samples: readonly Sample[]): Cost | undefined {
  if (samples.length < 2 || samples.some(({ duration }) => duration <= 0)) return undefined
  const weighted = (of: (sample: Sample) => number): number =>
    sum(samples.map((sample) => (of(sample) * sample.batches) / sample.duration ** 2))
  const one = weighted(() => 1)
  const x = weighted(({ size }) => size)
  const xx = weighted(({ size }) => size ** 2)
  const y = weighted(({ duration }) => duration)
  const xy = weighted(({ size, duration }) => size * duration)
  // Where one of the two would be negative it is 0, and the other is fitted alone.
  const b = Math.min(Math.max(0, (one * xy - x * y) / (one * xx - x * x)), xy / xx)
  const a = Math.max(0, (y - b * x) / one)
  const errors = samples.map(({ size, duration }) => Math.abs(a + b * size - duration) / duration)
  return { a, b, error: Math.max(...errors) }
}

/** Of batches that ran alone, which the first row has. */
export function costOf(rows: readonly (readonly Cell[])[]): Cost | undefined {
  return fitCost(
    (rows[0] ?? []).map(({ size, duration, durations }) => {
      return { size, duration: duration.value, batches: durations.length }
    }),
  )
}
