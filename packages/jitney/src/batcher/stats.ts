import type { DepartureReason } from '../policy/departure.ts'
import type { Pacer } from '../policy/pacer.ts'
import { queuedIn, type State } from './state.ts'

/** What a batcher did so far. */
export interface Counts {
  /** Batches whose function was called so far, also for another attempt or a half. */
  batches: number
  /** Why the last eight of them left, the latest first. */
  lastReasons: readonly DepartureReason[]
  /** Items in them: one that was sent twice counts twice, one that callers share once. */
  items: number
  /** How long the ended ones among them took together, in milliseconds. */
  totalDuration: number
  /** Callers who got a result. */
  fulfilled: number
  /** Callers who got an error of the item, the batch, a timeout or `abort`. */
  rejected: number
  /** Callers who left by their own signal. */
  aborted: number
  /** Calls that met the queue's bound or a closed batcher. */
  refused: number
}

/** What a batcher does and did: a frozen plain object of counts and milliseconds. */
export interface BatcherStats extends Readonly<Counts> {
  /** The batcher's name, if it has one. */
  readonly name?: string | undefined
  /** `'open'`, `'closing'` after `close()` while callers wait, then `'closed'`. */
  readonly state: 'open' | 'closing' | 'closed'
  /** Items that wait in the queue or for another attempt. */
  readonly queued: number
  /** Callers who wait for room in the queue (`overflow: 'wait'`). */
  readonly waiting: number
  /** Batches that hold a slot, also those that were cut in this turn and are about to be called. */
  readonly active: number
  /** Those among them for which nobody waits any more, but whose function still runs. */
  readonly abandoned: number
  /** How long ago the oldest item in the queue came, in milliseconds; 0 if there is none. */
  readonly oldestAge: number
  /** Milliseconds that a call costs, whatever is in it, as learned from batches that succeeded. */
  readonly a: number
  /** Milliseconds that each item in it costs. */
  readonly b: number
  /**
   * Milliseconds from the last batch to the next with `maxQueueTime: 'adaptive'`, when that was last
   * decided; 0: as soon as a slot is free.
   */
  readonly pace: number
}

export function statsOf(state: State): BatcherStats {
  const now = state.settings.clock.now()
  return Object.freeze({
    name: state.settings.name,
    state: state.phase,
    queued: queuedIn(state),
    waiting: state.room.amount,
    active: state.runs.size,
    abandoned: [...state.runs].filter(({ deserted: abandoned }) => abandoned).length,
    oldestAge: now - (state.lanes.byAge.eldest?.oldest.arrival.time ?? now),
    ...state.counts,
    // All that it shows of itself.
    ...(state.pacer as Pick<Pacer, 'a' | 'b' | 'pace'>),
  })
}
