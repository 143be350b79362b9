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

/** What the decision looks at: plain numbers, so that a simulator can ask as well. */
export interface QueueState {
  /** Items that wait. */
  readonly queued: number
  /** Whether they fill a batch, or the queue's bound. */
  readonly full: boolean
  /** When the oldest of them came, in milliseconds. */
  readonly oldestArrival: number
  /** Batches that run. */
  readonly active: number
  /** Most batches that may run. */
  readonly concurrency: number
  /** How long the oldest item may wait for company, in milliseconds. */
  readonly maxQueueTime: number | 'adaptive'
  readonly paused: boolean
  /** Whether the oldest item was there when `flush()` was called. */
  readonly flushing: boolean
  readonly closing: boolean
  /** Whether the item that leaves next has left before. */
  readonly retrying: boolean
}

/** When the next batch leaves, if nothing changes until then. */
export interface Departure {
  /** Milliseconds on the clock of `oldestArrival`; `-Infinity`: at once; `Infinity`: not before something changes. */
  readonly at: number
  /** Whether it also lets the current turn end, so that all callers of the turn ride along. */
  readonly afterTurn: boolean
  readonly reason: DepartureReason
}

/**
 * Decides when the next batch leaves.
 *
 * @example
 * ```ts
 * import { nextDeparture } from 'jitney/policy'
 *
 * const departure = nextDeparture({
 *   queued: 3, full: false, oldestArrival: 1000, active: 0, concurrency: 1,
 *   maxQueueTime: 50, paused: false, flushing: false, closing: false, retrying: false,
 * })
 * departure.at // => 1050
 * ```
 */
export function nextDeparture(state: QueueState): Departure {
  if (
    state.queued === 0 ||
    state.active >= state.concurrency ||
    (state.paused && !state.flushing && !state.closing)
  )
    return { at: Infinity, afterTurn: false, reason: 'slot' }
  if (state.full && !state.paused) return { at: -Infinity, afterTurn: false, reason: 'size' }
  if (state.closing) return { at: -Infinity, afterTurn: false, reason: 'close' }
  if (state.flushing) return { at: -Infinity, afterTurn: false, reason: 'flush' }
  if (state.retrying) return { at: -Infinity, afterTurn: false, reason: 'retry' }
  if (state.maxQueueTime !== 'adaptive')
    return { at: state.oldestArrival + state.maxQueueTime, afterTurn: true, reason: 'time' }
  return { at: -Infinity, afterTurn: true, reason: state.active === 0 ? 'idle' : 'slot' }
}
