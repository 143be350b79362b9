import { Alarm } from '../platform/alarm.ts'
import type { Clock } from '../platform/clock.ts'
import type { Within } from '../platform/context.ts'
import { LazyAbort } from '../platform/lazy-abort.ts'
import type { DepartureReason } from '../policy/departure.ts'
import type { BatchContext } from './batch-function.ts'
import type { Entry } from './entry.ts'

/** One batch, from the moment it is cut until its function and all its outcomes have ended. */
export class Run<Item, Result> {
  readonly reason: DepartureReason
  /** When its oldest item came, in milliseconds on the batcher's clock. */
  readonly oldestArrival: number
  /** Callers who still wait for it; empty once nobody does. */
  entries: Entry<Item, Result>[]
  /** How many of `entries` are not settled. */
  live: number
  /** How many items the batch function was given. */
  size = 0
  /** Whether the batch function was called. */
  started = false
  /** Whether the whole batch failed. */
  failed = false
  /** When it was called, in milliseconds. */
  startTime = 0
  readonly abortion: LazyAbort = new LazyAbort()
  readonly context: BatchContext
  #alarm: Alarm | undefined

  constructor(entries: Entry<Item, Result>[], reason: DepartureReason) {
    this.entries = entries
    this.live = entries.length
    this.reason = reason
    this.oldestArrival = entries[0]?.arrival.time ?? 0
    const { abortion } = this
    this.context = {
      get signal() {
        return abortion.signal
      },
      reason,
    }
  }

  /** Marks the call of the batch function. Callers who left since the batch was cut are not in it. */
  start(time: number): void {
    if (this.live < this.entries.length) {
      this.entries = this.entries.filter((entry) => entry.resolve !== undefined)
    }
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

  /** Takes note that one caller left, and says whether it was the last. */
  leave(): boolean {
    this.live -= 1
    return this.live === 0
  }

  /** Lets go of the callers: all are settled, though the function may run on. */
  release(): void {
    this.live = 0
    this.entries = []
    this.#alarm?.clear()
  }
}
