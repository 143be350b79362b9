import type { Departure } from './departures.ts'

export interface Take {
  readonly time: number
  readonly weight: number
}

/**
 * The most that any half-open span of this length contains: one that begins with a take suffices.
 * Sums are rounded, so weights that are no sums of powers of two want a tolerance.
 */
export function mostWithin(interval: number, takes: readonly Take[]): number {
  let most = 0
  let sum = 0
  let first = 0
  for (const { time, weight } of takes) {
    sum += weight
    for (let take = takes[first]; take && time - take.time >= interval; take = takes[first]) {
      sum -= take.weight
      first += 1
    }
    most = Math.max(most, sum)
  }
  return most
}

/** What left when. */
export function schedule(
  departures: readonly Departure[],
): (readonly [at: number, items: readonly number[]])[] {
  return departures.map(({ at, items }) => [at, items] as const)
}
