import type { Callers } from './callers.ts'
import { detailsOf, type Entry, isWaiting } from './entry.ts'
import type { Settings } from './options.ts'
import type { RateLimits } from './rate-limits.ts'
import type { Returns } from './returns.ts'
import type { Run } from './run.ts'
import type { Turns } from './turns.ts'

/**
 * Decides what becomes of items that were not done: another attempt, a smaller batch, or an error.
 *
 * Delays have full jitter ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015), so that
 * batches that failed together do not come back together.
 */
export class Recovery<Item, Result> {
  /** Whether attempts are made without delay. */
  hurried = false
  readonly #settings: Settings
  readonly #callers: Callers<Item, Result>
  readonly #returns: Returns<Item, Result>
  readonly #rates: RateLimits<Item, Result>
  readonly #turns: Turns

  constructor(
    settings: Settings,
    callers: Callers<Item, Result>,
    returns: Returns<Item, Result>,
    rates: RateLimits<Item, Result>,
    turns: Turns,
  ) {
    this.#settings = settings
    this.#callers = callers
    this.#returns = returns
    this.#rates = rates
    this.#turns = turns
  }

  /** Whether items may be tried again after this failure. What `when` throws means no. */
  allows(error: unknown): boolean {
    try {
      const worthwhile: unknown = this.#settings.retry.when(error)
      // Not a promise, for one: nobody would wait for it.
      return worthwhile === true
    } catch {
      return false
    }
  }

  /** The batch function threw. */
  afterFailure(run: Run<Item, Result>, error: unknown): void {
    const { expired } = run
    const again = expired !== undefined || this.allows(error)
    const most = again ? this.#settings.retry.attempts : 0
    // Only now, because `when` may call anything.
    const spent = this.#retry(run, run.entries.filter(isWaiting), most, 0)
    if (this.#settings.splitOnError && run.size > 1 && isSplittable(error)) {
      this.#returns.split(spent)
    } else {
      for (const entry of spent) this.#callers.fail(entry, run.size, error)
    }
  }

  /** The batch function asked for another attempt of these, after so many milliseconds. */
  afterRequest(
    run: Run<Item, Result>,
    entries: readonly Entry<Item, Result>[],
    after: number,
  ): void {
    const { attempts } = this.#settings.retry
    if (after > 0 && after < Infinity) this.#rates.penalize(after)
    const spent = this.#retry(run, entries, attempts, after)
    for (const entry of spent) this.#callers.giveUp(entry, attempts)
  }

  /** Takes entries off a run, and keeps those tried less than `most` times for another attempt. Gives the others. */
  #retry(
    run: Run<Item, Result>,
    entries: readonly Entry<Item, Result>[],
    most: number,
    after: number,
  ): Entry<Item, Result>[] {
    run.remove(entries)
    const again: Entry<Item, Result>[] = []
    const spent: Entry<Item, Result>[] = []
    const { turn } = this.#turns.arrival
    let tried = 0
    for (const entry of entries) {
      const details = detailsOf(entry)
      details.attempts += 1
      details.priority = Infinity
      details.order ??= run.number
      const { time, turn: before } = entry.arrival
      // A `flush` since it left did not mean it: it was not queued.
      if (before > run.flushedTurn) entry.arrival = { time, turn }
      if (details.attempts >= most) spent.push(entry)
      else {
        again.push(entry)
        tried = Math.max(tried, details.attempts)
      }
    }
    if (again.length > 0) this.#returns.keep(again, this.#delay(tried, after))
    return spent
  }

  #delay(tried: number, after: number): number {
    const { minDelay, maxDelay } = this.#settings.retry
    // Bounded, since zero times infinity is not a number.
    const longest = Math.min(maxDelay, minDelay * 2 ** Math.min(tried - 1, 1000))
    return this.hurried ? 0 : Math.max(after, Math.random() * longest || 0)
  }
}

/** Not after an abort, a timeout or a rate limit: a smaller batch would meet the same. */
function isSplittable(error: unknown): boolean {
  try {
    const { name, status, statusCode } = Object(error) as Record<string, unknown>
    return (
      !/^(Abort|(Batch)?Timeout)Error$/.test(String(name)) && status !== 429 && statusCode !== 429
    )
  } catch {
    return true
  }
}
