import type { Permit } from '../concurrency/semaphore.ts'
import type { Within } from '../platform/context.ts'
import {
  type BatchMessage,
  isObserved,
  logBatch,
  publishAbandoned,
  traceBatch,
} from '../platform/diagnostics.ts'
import { inPromiseJob } from '../platform/turn.ts'
import type { DepartureReason } from '../policy/departure.ts'
import type { BatchFunction } from './batch-function.ts'
import type { Callers } from './callers.ts'
import { Delivery, type DeliveryEvents } from './delivery.ts'
import { attemptsOf, type Entry, isWaiting } from './entry.ts'
import type { Settings } from './options.ts'
import type { Recovery } from './recovery.ts'
import { follow } from './results.ts'
import { Run } from './run.ts'

/**
 * The batches that have left and hold a slot: until the batch function and all its outcomes have
 * really ended, also when a timeout or an abort gave up on them.
 */
export class Runs<Item, Result> implements DeliveryEvents<Item, Result> {
  /** How often entries have left or come back so far. */
  moves = 0
  /** Batches whose function was called so far, their items, and how long the ended ones took. */
  batches = 0
  items = 0
  totalDuration = 0
  readonly #batcher: object
  readonly #batchFunction: BatchFunction<Item, Result>
  readonly #settings: Settings
  readonly #callers: Callers<Item, Result>
  readonly #recovery: Recovery<Item, Result>
  readonly #onChange: () => void
  readonly #within: Within
  /** Those for which somebody waits, and those for which nobody does any more. */
  readonly #awaited = new Set<Run<Item, Result>>()
  readonly #abandoned = new Set<Run<Item, Result>>()

  /**
   * @param within calls a function in the context of the construction.
   * @param onChange called when a slot came free or callers were settled by a timeout.
   */
  constructor(
    batcher: object,
    batchFunction: BatchFunction<Item, Result>,
    settings: Settings,
    callers: Callers<Item, Result>,
    recovery: Recovery<Item, Result>,
    within: Within,
    onChange: () => void,
  ) {
    this.#batcher = batcher
    this.#batchFunction = batchFunction
    this.#settings = settings
    this.#callers = callers
    this.#recovery = recovery
    this.#within = within
    this.#onChange = onChange
  }

  /** Slots that are held. */
  get active(): number {
    return this.#awaited.size + this.#abandoned.size
  }

  /** Batches for which nobody waits any more, but whose function still runs. */
  get abandoned(): number {
    return [...this.#abandoned].filter((run) => run.started).length
  }

  hasCallers(): boolean {
    for (const run of this.#awaited) if (run.live > 0) return true
    return false
  }

  /** Takes a slot at once, and calls the batch function in a promise job. */
  start(
    entries: Entry<Item, Result>[],
    reason: DepartureReason,
    permit: Permit,
  ): Run<Item, Result> {
    this.moves += 1
    const run = new Run(this.moves, entries, reason, permit)
    this.#awaited.add(run)
    inPromiseJob(() => {
      this.#within(() => {
        this.#launch(run)
      })
    })
    return run
  }

  /** Settles every caller, then tells the batch functions. */
  abort(reason: unknown): void {
    const runs = [...this.#awaited]
    for (const run of runs) {
      for (const entry of run.entries) {
        this.#callers.abort(entry, run.started || attemptsOf(entry) > 0, reason)
      }
    }
    this.abandon(runs, reason)
  }

  /** Tells batch functions that nobody waits for them any more. */
  abandon(runs: readonly Run<Item, Result>[], reason: unknown): void {
    const given = runs.filter((run) => this.#awaited.delete(run))
    for (const run of given) {
      this.#abandoned.add(run)
      run.release()
    }
    // Only now, because listeners run at once and may call anything, `abort` among it.
    for (const run of given) {
      if (run.started) publishAbandoned(this.#messageOf(run))
      run.abort(reason)
    }
  }

  onFailure(run: Run<Item, Result>, error: unknown): void {
    this.moves += 1
    this.#recovery.afterFailure(run, error)
  }

  onRetry(run: Run<Item, Result>, entries: readonly Entry<Item, Result>[], after: number): void {
    this.moves += 1
    this.#recovery.afterRequest(run, entries, after)
  }

  onAllSettled(run: Run<Item, Result>): void {
    if (!this.#awaited.has(run)) return
    this.abandon([run], allLeft)
    this.#onChange()
  }

  #launch(run: Run<Item, Result>): void {
    if (run.live === 0) {
      this.onEnd(run)
      return
    }
    const { clock, timeout } = this.#settings
    run.start(clock.now())
    this.batches += 1
    this.items += run.size
    if (timeout !== Infinity) {
      run.limit(timeout, clock, this.#within, () => {
        this.#timeOut(run)
      })
    }
    this.#call(run)
  }

  /** No closure in here may hold the items: a function that never ends would keep them. */
  #call(run: Run<Item, Result>): void {
    const batchFunction = this.#batchFunction
    const { deliver, fail } = new Delivery(run, this.#callers, this)
    try {
      const returned = isObserved()
        ? traceBatch(this.#messageOf(run), this.#settings.clock, () =>
            batchFunction(run.items(), run.context),
          )
        : batchFunction(run.items(), run.context)
      follow(returned).then(deliver, fail)
    } catch (error) {
      fail(error)
    }
  }

  #timeOut(run: Run<Item, Result>): void {
    const { timeout, retry } = this.#settings
    const error = this.#callers.timeoutError(run.size, timeout)
    const most = this.#recovery.allows(error) ? retry.attempts : 0
    for (const entry of run.entries) {
      if (!isWaiting(entry) || attemptsOf(entry) + 1 < most) continue
      this.#callers.timeOut(entry, run.size, timeout)
      run.live -= 1
    }
    run.expired = error
    // Those who get another attempt wait for the slot: nothing is tried twice at once.
    if (run.live > 0) run.abort(error)
    else this.abandon([run], error)
    this.#onChange()
  }

  onEnd(run: Run<Item, Result>): void {
    this.#awaited.delete(run)
    this.#abandoned.delete(run)
    if (run.started) {
      const duration = this.#settings.clock.now() - run.startTime
      this.totalDuration += duration
      if (isObserved()) logBatch(this.#messageOf(run), duration, run.failed)
    }
    run.release()
    run.entries = []
    run.permit.release()
    this.#onChange()
  }

  #messageOf({ reason, size, startTime, oldestArrival }: Run<Item, Result>): BatchMessage {
    const { name } = this.#settings
    return { batcher: this.#batcher, name, reason, size, queueTime: startTime - oldestArrival }
  }
}

/**
 * Why a batch is told to stop when nobody waits for it any more. One for all: an error that is made
 * while a caller's signal aborts keeps that signal, through the frames of its stack.
 */
export const allLeft: DOMException = /* @__PURE__ */ new DOMException(
  'All callers left',
  'AbortError',
)
