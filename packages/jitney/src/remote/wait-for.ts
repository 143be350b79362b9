import type { Awaitable } from '../batcher/batch-function.ts'
import type { Clock } from '../platform/clock.ts'
import type { Arrivals } from './arrivals.ts'
import type { WaitOptions } from './transport.ts'

/** What somebody waits for. */
export interface Search<Found> {
  /** What is there now; `undefined` when nobody may look any more. */
  look(): Awaitable<readonly Found[] | undefined>
  readonly arrivals: Arrivals
  /** Milliseconds until there may be something without an arrival. */
  untilNext?(): number
}

/** Looks again at each arrival, until there is something, the time is over or nobody may look. */
export async function waitFor<Found>(
  clock: Clock,
  { wait, signal }: WaitOptions,
  { look, arrivals, untilNext = () => Infinity }: Search<Found>,
): Promise<readonly Found[]> {
  const end = clock.now() + wait
  while (!signal.aborted) {
    const { count } = arrivals
    const found = await look()
    const left = end - clock.now()
    if (found === undefined) break
    if (found.length > 0 || left <= 0) return found
    // Nothing came while we looked.
    if (arrivals.count === count) await arrivals.next(Math.min(left, untilNext()), signal)
  }
  return []
}
