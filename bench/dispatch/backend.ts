import type { Random } from './random.ts'

/** What serves the batches. Times are milliseconds. */
export interface Backend {
  /** Batches that it takes at once. */
  readonly slots: number
  /** What a call costs, and each item in it. */
  readonly a: number
  readonly b: number
  readonly maxBatchSize: number
  /** Whether the batches share one processor: each is slowed by so many as run. */
  readonly isShared?: boolean
  /** Lognormal noise of the durations. */
  readonly noise?: number
  /** Part of the batches that take ten times as long. */
  readonly outliers?: number
  /** From a moment on, calls and items cost so many times as much. */
  readonly step?: { readonly at: number; readonly factor: number }
}

/** Items per millisecond that it can serve. */
export function capacityOf({ slots, a, b, maxBatchSize, isShared }: Backend): number {
  return ((isShared ? 1 : slots) * maxBatchSize) / (a + b * maxBatchSize)
}

/** How long a batch takes that leaves now, if nothing runs beside it. */
export function durationOf(backend: Backend, size: number, now: number, random: Random): number {
  const { a, b, noise = 0, outliers = 0, step } = backend
  const factor = step && now >= step.at ? step.factor : 1
  const slow = random.uniform() < outliers ? 10 : 1
  return (a + b * size) * factor * slow * (noise > 0 ? random.lognormal(noise) : 1)
}
