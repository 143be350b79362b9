import type { Permit } from '../concurrency/semaphore.ts'
import type { Alarm } from '../platform/alarm.ts'
import { LazyAbort } from '../platform/lazy-abort.ts'
import type { DepartureReason } from '../policy/departure.ts'
import type { BatchContext } from './batch-function.ts'
import { contextOf } from './context.ts'
import { type Entry, moveTo, type Place } from './entry.ts'
import type { State } from './state.ts'

/** One batch, from the moment it is cut until its function and all its outcomes have ended. */
export class Run implements Place {
  /** Higher than that of any that left before. */
  readonly number: number
  /** The last turn that was flushed when it left. */
  readonly flushedTurn: number
  readonly reason: DepartureReason
  readonly permit: Permit
  /** Its entries, those who are settled among them; empty once it has ended. */
  entries: readonly Entry[]
  /** How many of `entries` wait for it. */
  live: number
  /** How many items the batch function was given. */
  size = 0
  /** When it was called, in milliseconds; `undefined` if it was not. */
  startTime: number | undefined
  /** When its oldest item came, in milliseconds on the batcher's clock. */
  readonly oldestArrival: number
  /** Whether the whole batch failed. */
  failed = false
  /** Whether nobody waits for it any more, though it holds its slot. */
  abandoned = false
  /** The timeout that passed, if callers wait for another attempt. */
  expired: unknown
  /** Rings when it takes too long. */
  alarm: Alarm | undefined
  readonly abortion: LazyAbort = new LazyAbort()
  readonly context: BatchContext
  /** Outcomes that are not known yet; the function itself counts as one until it is through. */
  open = 1
  /** Items that failed, by their errors; those for another attempt, by the milliseconds until then. */
  errors: Map<unknown, Entry[]> | undefined
  again: Map<number, Entry[]> | undefined
  /** Errors that callers of the batch have. */
  given: Set<unknown> | undefined

  constructor(state: State, entries: readonly Entry[], reason: DepartureReason, permit: Permit) {
    state.moves += 1
    this.number = state.moves
    this.flushedTurn = state.flushedTurn
    this.entries = entries
    this.live = entries.length
    this.reason = reason
    this.permit = permit
    this.context = contextOf(this, entries[0]?.key)
    this.oldestArrival = entries.reduce(
      (oldest, { arrival }) => Math.min(oldest, arrival.time),
      Infinity,
    )
    if (state.signals.size > 0) for (const entry of entries) moveTo(this, entry)
  }

  drop(): void {
    this.live -= 1
  }
}
