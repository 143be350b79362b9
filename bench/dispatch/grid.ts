import type { OpenArrivals } from './arrivals.ts'
import type { Backend } from './backend.ts'

/** Slots, a call's and an item's milliseconds, and most items in a batch. */
export const backends: readonly Backend[] = [
  { slots: 1, a: 10, b: 0.01, maxBatchSize: 1000 },
  { slots: 1, a: 2, b: 1, maxBatchSize: 32 },
  { slots: 2, a: 10, b: 0.1, maxBatchSize: 200 },
  { slots: 4, a: 10, b: 0.01, maxBatchSize: 1000 },
  { slots: 4, a: 5, b: 0.5, maxBatchSize: 64 },
  { slots: 8, a: 1, b: 1, maxBatchSize: 16 },
  { slots: 8, a: 30, b: 0.2, maxBatchSize: 100 },
  { slots: 16, a: 20, b: 0.05, maxBatchSize: 500 },
]

/** Parts of the capacity. */
export const loads: readonly number[] = [0.02, 0.1, 0.3, 0.5, 0.7, 0.85, 0.93]

/** Milliseconds. */
export const windows: readonly number[] = [0, 0.5, 1, 2, 3, 5, 7, 10, 15, 20, 50]

export function arrivalsOf({ a, b }: Backend): readonly OpenArrivals[] {
  return [
    { kind: 'poisson' },
    { kind: 'bursts', size: 5 },
    { kind: 'bursts', size: 20 },
    { kind: 'bursts', size: 200 },
    { kind: 'trickles', size: 20, span: a / 4 },
    { kind: 'on-off', span: 20 * (a + b) },
  ]
}
