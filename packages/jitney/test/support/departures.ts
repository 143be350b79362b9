import type { DepartureReason, Processor } from 'jitney'
import type { ManualClock } from 'jitney/testing'

export interface Departure {
  at: number
  items: number[]
  reason: DepartureReason
}

/** A batch function that ends at once, and what left when. */
export function departuresOn(clock: ManualClock): {
  departures: Departure[]
  batchFunction: (items: number[], context: { reason: DepartureReason }) => number[]
} {
  const departures: Departure[] = []
  return {
    departures,
    batchFunction: (items, { reason }) => {
      departures.push({ at: clock.now(), items: [...items], reason })
      return items
    },
  }
}

/** Calls `process` after so many awaits. */
export async function processAtDepth(
  batcher: Processor<number, number>,
  item: number,
  depth: number,
): Promise<number> {
  for (let level = 0; level < depth; level += 1) await null
  return await batcher.process(item)
}

/** So many whole numbers. */
export function range(length: number, from = 0): number[] {
  return Array.from({ length }, (_, index) => from + index)
}
