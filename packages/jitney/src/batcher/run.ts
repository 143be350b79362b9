import type { Permit } from '../concurrency/semaphore.ts'
import { Alarm } from '../platform/alarm.ts'
import type { Clock } from '../platform/clock.ts'
import type { Within } from '../platform/context.ts'
import { LazyAbort } from '../platform/lazy-abort.ts'
import type { DepartureReason } from '../policy/departure.ts'
import type { BatchContext } from './batch-function.ts'
import { contextOf } from './context.ts'
import { type Entry, isWaiting } from './entry.ts'
import type { Place } from './place.ts'

/** Stands for an entry that is settled. */
const gone: Pick<Entry<never, never>, 'resolve' | 'details'> = {
  resolve: undefined,
  details: undefined,
}

/** One batch, from the moment it is cut until its function and all its outcomes have ended. */
export class Run<Item, Result> implements Place<Item, Result> {
  readonly reason: DepartureReason
  /** Higher than that of any that left before. */
  readonly number: number
  /** When its oldest item came, in milliseconds on the batcher's clock. */
  readonly oldestArrival: number
  /** The last turn that was flushed when it left. */
  flushedTurn = 0
  /** Its entries, those who are settled among them; empty once it has ended. */
  entries: Entry<Item, Result>[]
  /** How many of `entries` wait for it. */
  live: number
  /** How many items the batch function was given. */
  size = 0
  /** Whether the batch function was called. */
  started = false
  /** Whether the whole batch failed. */
  failed = false
  /** When it was called, in milliseconds. */
  startTime = 0
  /** The timeout that passed, if the callers wait for another attempt. */
  expired: unknown
  readonly permit: Permit
  readonly abortion: LazyAbort = new LazyAbort()
  readonly context: BatchContext
  #alarm: Alarm | undefined

  constructor(
    number: number,
    entries: Entry<Item, Result>[],
    reason: DepartureReason,
    permit: Permit,
  ) {
    this.number = number
    this.entries = entries
    this.permit = permit
    this.live = entries.length
    this.reason = reason
    this.oldestArrival = oldestOf(entries)
    this.context = contextOf(this, entries[0]?.details?.key)
  }

  /** Marks the call of the batch function. Callers who left since the batch was cut are not in it. */
  start(time: number): void {
    if (this.live < this.entries.length) this.entries = this.entries.filter(isWaiting)
    this.size = this.entries.length
    this.started = true
    this.startTime = time
  }

  /** Calls back after `timeout` milliseconds, unless nobody waits any more by then. */
  limit(timeout: number, clock: Clock, within: Within, onTimeout: () => void): void {
    this.#alarm = new Alarm(clock, within, onTimeout)
    this.#alarm.set(this.startTime + timeout)
  }

  /** A fresh array of its items, for the batch function to keep. */
  items(): Item[] {
    const items = new Array<Item>(this.entries.length)
    for (let index = 0; index < items.length; index += 1) {
      items[index] = (this.entries[index] as Entry<Item, Result>).item
    }
    return items
  }

  /** Lets go of entries that wait elsewhere from now on. */
  remove(entries: readonly Entry<Item, Result>[]): void {
    const removed = new Set(entries)
    this.entries = this.entries.filter((entry) => !removed.has(entry))
    this.live -= removed.size
  }

  drop(): boolean {
    this.live -= 1
    return this.live === 0
  }

  /** Takes note that nobody waits any more, though the function may run on. */
  release(): void {
    this.live = 0
    this.#alarm?.clear()
  }

  /** Tells the batch function that it need not go on. */
  abort(reason: unknown): void {
    const { entries } = this
    // The function may run on for ever: no more is kept than it may still ask for.
    if (this.live === 0) {
      this.entries = entries.map(({ details }) =>
        details === undefined ? gone : { ...gone, details },
      ) as Entry<Item, Result>[]
    }
    this.abortion.abort(reason)
    for (const { details } of entries) details?.abortion?.abort(reason)
  }
}

function oldestOf<Item, Result>(entries: readonly Entry<Item, Result>[]): number {
  const first = entries[0]?.arrival.time ?? 0
  // Without details they are in the order in which they came.
  if (entries[0]?.details === undefined) return first
  return entries.reduce((oldest, { arrival }) => Math.min(oldest, arrival.time), first)
}
