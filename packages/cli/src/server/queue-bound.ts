/** What stands in for a limit that is infinite, since the bound must be finite. */
const stand = { maxBatchSize: 1000, concurrency: 10 } as const

/**
 * How many items may wait when nobody said: ten times what runs at once, `maxBatchSize · concurrency`.
 * An infinite `maxBatchSize` counts as 1000 there, an infinite `concurrency` as 10; of a
 * semaphore, its capacity counts.
 */
export function queueBound(limits: {
  readonly maxBatchSize: number
  readonly concurrency: number | { readonly capacity: number }
}): number {
  const slots =
    typeof limits.concurrency === 'number' ? limits.concurrency : limits.concurrency.capacity
  const maxBatchSize = finiteOr(limits.maxBatchSize, stand.maxBatchSize)
  const concurrency = Math.max(1, finiteOr(slots, stand.concurrency))
  return Math.min(10 * maxBatchSize * concurrency, Number.MAX_SAFE_INTEGER)
}

function finiteOr(limit: number, otherwise: number): number {
  return Number.isFinite(limit) ? limit : otherwise
}
