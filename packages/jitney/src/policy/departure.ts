/**
 * Why a batch leaves.
 *
 * - `'size'`: it is full, or the queue is at its bound;
 * - `'time'`: its oldest item waited for `maxQueueTime`, or longer for a slot;
 * - `'idle'`: nothing is running, so that waiting would gain nothing (`'adaptive'`);
 * - `'slot'`: a slot is free beside batches that run (`'adaptive'`);
 * - `'flush'`, `'close'`: `flush()` or `close()` asked for it;
 * - `'retry'`: it begins with items for another attempt;
 * - `'split'`: it is a half of a batch that failed.
 */
export type DepartureReason =
  | 'size'
  | 'time'
  | 'idle'
  | 'slot'
  | 'flush'
  | 'close'
  | 'retry'
  | 'split'

/** What the decision looks at: plain values, so that a simulator can ask as well. */
export interface QueueState {
  /** Whether the items that wait fill a batch, or the queue's bound. */
  readonly full: boolean
  /** What asks for it to leave without waiting for company, if anything does. */
  readonly asked?: 'close' | 'flush' | 'retry' | undefined
  /** When the oldest of them came, in milliseconds. */
  readonly oldestArrival: number
  /** How long that may wait for company, in milliseconds. */
  readonly maxQueueTime: number | 'adaptive'
  /** Batches that run. */
  readonly active: number
  /** With `'adaptive'`: when a batch may leave beside those, in milliseconds. */
  readonly paced: number
}

/** When the next batch leaves, if nothing changes until then. */
export interface Departure {
  /**
   * Milliseconds on the clock of `oldestArrival`, and then at the end of the turn, so that all its
   * callers ride along; `-Infinity`: at once; `Infinity`: not before something changes.
   */
  readonly at: number
  /** Why it leaves then. */
  readonly reason: DepartureReason
}

/**
 * Decides when the next batch leaves, of items that wait, if a slot is free.
 *
 * @example
 * ```ts
 * import { nextDeparture } from 'jitney/policy'
 *
 * const departure = nextDeparture({
 *   full: false, oldestArrival: 1000, maxQueueTime: 50, active: 0, paced: 0,
 * })
 * departure.at // => 1050
 * ```
 */
export function nextDeparture(state: QueueState): Departure {
  const { maxQueueTime, oldestArrival } = state
  const urgent = state.full ? 'size' : state.asked
  if (urgent) return { at: -Infinity, reason: urgent }
  if (maxQueueTime === 'adaptive')
    return { at: Math.max(oldestArrival, state.paced), reason: state.active ? 'slot' : 'idle' }
  return { at: oldestArrival + maxQueueTime, reason: 'time' }
}
