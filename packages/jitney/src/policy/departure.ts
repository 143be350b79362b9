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

const now = -Infinity
const stay: Departure = { at: Infinity, afterTurn: false, reason: 'slot' }
const close: Departure = { at: now, afterTurn: false, reason: 'close' }
const flush: Departure = { at: now, afterTurn: false, reason: 'flush' }
const size: Departure = { at: now, afterTurn: false, reason: 'size' }
const retry: Departure = { at: now, afterTurn: false, reason: 'retry' }
const idle: Departure = { at: now, afterTurn: true, reason: 'idle' }
const slot: Departure = { at: now, afterTurn: true, reason: 'slot' }

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
  const asked = state.closing || state.flushing
  const held = state.paused && !asked
  if (state.queued === 0 || state.active >= state.concurrency || held) return stay
  if (state.full && !state.paused) return size
  if (asked) return state.closing ? close : flush
  if (state.retrying) return retry
  if (state.maxQueueTime === 'adaptive') return state.active === 0 ? idle : slot
  return { at: state.oldestArrival + state.maxQueueTime, afterTurn: true, reason: 'time' }
}
