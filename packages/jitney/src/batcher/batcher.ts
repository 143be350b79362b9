/// <reference lib="esnext.disposable" preserve="true" />
import { Alarm } from '../platform/alarm.ts'
import { captureContext } from '../platform/context.ts'
import { checkFunction, checkIterable, checkSignal, checkSource } from '../platform/guards.ts'
import { Admission } from './admission.ts'
import type { BatchFunction } from './batch-function.ts'
import { checkProcessOptions, readCloseTimeout, throwIfAborted } from './call-options.ts'
import { CallerSignals, type Ticket } from './caller-signals.ts'
import { Callers } from './callers.ts'
import { Departures } from './departures.ts'
import { attemptsOf, type Entry } from './entry.ts'
import { Flushes } from './flushes.ts'
import { Intake } from './intake.ts'
import { Lanes } from './lanes.ts'
import { type BatcherOptions, readOption, readOptions, type Settings } from './options.ts'
import { moveTo } from './place.ts'
import { processIterable } from './process-iterable.ts'
import type { CloseOptions, Processor, ProcessOptions } from './processor.ts'
import { RateLimits } from './rate-limits.ts'
import { Recovery } from './recovery.ts'
import { Returns } from './returns.ts'
import type { Run } from './run.ts'
import { allLeft, Runs } from './runs.ts'
import type { SharedSlots } from './slots.ts'
import type { BatcherStats } from './stats.ts'
import { Turns } from './turns.ts'
import { Waiters } from './waiters.ts'

/** Most items that `processIterable` takes from its source ahead of its results. */
const mostAhead = 10_000

/** The engine behind the exported `Batcher`, whose constructor infers its types. */
export class Batcher<Item, Result> implements Processor<Item, Result>, AsyncDisposable {
  readonly #settings: Settings
  /** Whether nothing but a call's own options tells items apart. */
  readonly #plain: boolean
  readonly #intake: Intake
  readonly #turns: Turns
  readonly #lanes: Lanes<Item, Result>
  readonly #admission: Admission<Item, Result>
  readonly #returns: Returns<Item, Result>
  readonly #recovery: Recovery<Item, Result>
  readonly #runs: Runs<Item, Result>
  readonly #departures: Departures<Item, Result>
  readonly #callers: Callers<Item, Result>
  readonly #signals: CallerSignals<Item, Result>
  /** Rings when `close` has waited long enough. */
  readonly #deadline: Alarm
  readonly #flushes: Flushes<Item, Result>
  readonly #idle = new Waiters()
  readonly #closed = new Waiters()
  #state: 'open' | 'closing' | 'closed' = 'open'

  constructor(batchFunction: BatchFunction<Item, Result>, options?: BatcherOptions<Item>) {
    checkFunction('create Batcher', 'batchFunction', batchFunction)
    const settings = readOptions(options)
    const { clock, name, captureStacks } = settings
    const within = captureContext()
    const dispatch = (): void => {
      this.#departures.dispatch(true)
    }
    const callers = new Callers<Item, Result>(name, captureStacks)
    const turns = new Turns(clock, () => {
      within(dispatch)
    })
    const lanes = new Lanes<Item, Result>(settings)
    const returns = new Returns<Item, Result>(clock, within, (entries) => {
      lanes.restore(entries)
      this.#update()
    })
    const rates = new RateLimits<Item, Result>(settings.rateLimit, dispatch)
    const recovery = new Recovery(settings, callers, returns, rates, turns)
    const runs = new Runs(this, batchFunction, settings, callers, recovery, within, () => {
      this.#update()
    })
    const station = { settings, within, turns, lanes, returns, rates, runs }
    this.#departures = new Departures(station, (run) => {
      if (this.#signals.inUse) moveTo(run, run.entries)
      this.#admission.advance()
    })
    this.#settings = settings
    this.#plain =
      settings.weight.length === 0 && !settings.batchKey && !settings.dedupeKey && !captureStacks
    this.#intake = new Intake(settings)
    this.#turns = turns
    this.#lanes = lanes
    this.#admission = new Admission(settings, lanes, callers)
    this.#returns = returns
    this.#recovery = recovery
    this.#runs = runs
    this.#callers = callers
    this.#signals = new CallerSignals((tickets, reason) => {
      this.#leave(tickets, reason)
    })
    this.#flushes = new Flushes(
      turns,
      runs,
      (turn) => [lanes, this.#admission.room, returns].flatMap((place) => place.since(turn)),
      (turn) => this.#sendUntil(turn),
    )
    this.#deadline = new Alarm(clock, within, () => {
      this.abort(new DOMException("the 'timeout' of close() passed", 'TimeoutError'))
    })
  }

  /** Most items in a batch. Settable while running. */
  get maxBatchSize(): number {
    return this.#settings.maxBatchSize
  }

  set maxBatchSize(value: number) {
    this.#change('maxBatchSize', value)
  }

  /** How long the oldest item may wait for company: milliseconds or `'adaptive'`. Settable while running. */
  get maxQueueTime(): number | 'adaptive' {
    return this.#settings.maxQueueTime
  }

  set maxQueueTime(value: number | 'adaptive') {
    this.#change('maxQueueTime', value)
  }

  /**
   * Most batches that run at once, or the semaphore they share. Settable while running: lowered, it
   * lets those that run end.
   */
  get concurrency(): number | SharedSlots {
    return this.#settings.concurrency
  }

  set concurrency(value: number | SharedSlots) {
    this.#change('concurrency', value)
  }

  /** `'open'`, `'closing'` after `close()` while callers wait, then `'closed'`. */
  get state(): 'open' | 'closing' | 'closed' {
    return this.#state
  }

  /** Items that wait in the queue or for another attempt, those of running batches not counted. */
  get queuedCount(): number {
    return this.#lanes.size + this.#returns.size
  }

  /** Batches that hold a slot. */
  get activeCount(): number {
    return this.#runs.active
  }

  process(item: Item, options?: ProcessOptions): Promise<Result> {
    // What is thrown in here rejects the promise.
    return new Promise((resolve) => {
      if (options !== undefined || !this.#plain) this.#processWith(item, resolve, options)
      else {
        const { arrival } = this.#turns
        this.#admit({ item, resolve, arrival, ticket: undefined, details: undefined }, undefined)
      }
    })
  }

  async processAll(items: Iterable<Item>, options?: ProcessOptions): Promise<Result[]> {
    return await Promise.all(this.#processEach(items, options))
  }

  async processAllSettled(
    items: Iterable<Item>,
    options?: ProcessOptions,
  ): Promise<PromiseSettledResult<Result>[]> {
    return await Promise.allSettled(this.#processEach(items, options))
  }

  processIterable(
    source: Iterable<Item> | AsyncIterable<Item>,
    options?: ProcessOptions,
  ): AsyncIterableIterator<Result> {
    checkSource('process items', 'source', source)
    checkProcessOptions(options)
    if (options?.signal !== undefined) checkSignal('process items', options.signal)
    const { concurrency, maxBatchSize, maxQueueSize } = this.#settings
    const slots = typeof concurrency === 'number' ? concurrency : concurrency.capacity
    const ahead = Math.min(maxBatchSize * (slots + 1), maxQueueSize, mostAhead)
    return processIterable(source, ahead, options?.signal, {
      process: (item, signal) => this.process(item, { ...options, signal }),
      send: () => this.#sendUntil(this.#turns.cut()),
    })
  }

  /**
   * Sends what is queued now as slots come free, without waiting for company, also while paused.
   * Resolves when exactly those items are settled, those who waited for room or for another attempt
   * among them (whose delay stands); never rejects.
   */
  flush(): Promise<void> {
    return this.#flushes.flush()
  }

  /**
   * Resolves when nothing is queued or waits for another attempt, and every batch function has
   * ended; at once if that is so.
   */
  onIdle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve()
    return new Promise((resolve) => {
      this.#idle.add(resolve)
    })
  }

  /**
   * Lets no further batch leave until `resume()`, halves and other attempts included; `flush` and
   * `close` send all the same.
   */
  pause(): void {
    this.#departures.paused = true
    this.#departures.dispatch(false)
  }

  /** Ends `pause()`. */
  resume(): void {
    this.#departures.paused = false
    this.#departures.dispatch(false)
  }

  close(options?: CloseOptions): Promise<void> {
    return new Promise((resolve) => {
      const timeout = readCloseTimeout(options)
      this.#closed.add(resolve)
      if (this.#state === 'open') this.#state = 'closing'
      const latest = this.#settings.clock.now() + timeout
      this.#deadline.set(Math.min(this.#deadline.deadline, latest))
      this.#update()
    })
  }

  /**
   * Closes the batcher and settles every caller now: each rejects with a `BatchAbortedError` of its
   * own with `cause: reason`. Running batch functions see `reason` on their signal; `onIdle()`
   * waits for them to end.
   *
   * @param reason anything; an `AbortError` by default.
   */
  abort(reason: unknown = new DOMException('This operation was aborted', 'AbortError')): void {
    this.#state = 'closed'
    for (const place of [this.#lanes, this.#returns, this.#admission.room]) {
      for (const entry of place.since(-1)) {
        if (entry.resolve === undefined) continue
        this.#callers.abort(entry, attemptsOf(entry) > 0, reason)
        place.drop(entry)
      }
    }
    this.#runs.abort(reason)
    this.#update()
  }

  /** `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** What the batcher does and did, as a frozen plain object. */
  stats(): BatcherStats {
    const { name, clock } = this.#settings
    const { batches, items, totalDuration } = this.#runs
    const { fulfilled, rejected, aborted, refused } = this.#callers
    const oldest = this.#lanes.oldest?.oldest
    return Object.freeze({
      ...(name !== undefined && { name }),
      state: this.#state,
      queued: this.queuedCount,
      waiting: this.#admission.room.size,
      active: this.#runs.active,
      abandoned: this.#runs.abandoned,
      oldestAge: oldest === undefined ? 0 : clock.now() - oldest.arrival.time,
      batches,
      items,
      totalDuration,
      fulfilled,
      rejected,
      aborted,
      refused,
    })
  }

  /** Reads all that may be said of an item: what nobody said costs the others nothing. */
  #processWith(
    item: Item,
    resolve: (result: Result | PromiseLike<Result>) => void,
    options: ProcessOptions | undefined,
  ): void {
    const signal = options === undefined ? undefined : this.#readSignal(options)
    const { captureStacks, dedupeKey } = this.#settings
    const details = this.#intake.read(item, options?.priority)
    const key = dedupeKey?.(item)
    const { arrival } = this.#turns
    const entry: Entry<Item, Result> = { item, resolve, arrival, ticket: undefined, details }
    if (signal !== undefined) this.#watch(signal, entry)
    if (captureStacks) this.#callers.keepStack(entry, this.process)
    if (entry.resolve === undefined) return
    try {
      this.#admit(entry, key)
    } catch (error) {
      entry.ticket?.release()
      throw error
    }
  }

  #admit(entry: Entry<Item, Result>, key: unknown): void {
    if (this.#state !== 'open') throw this.#callers.closedError()
    // Straight into the queue, if nothing else is possible.
    const full =
      this.#plain && entry.ticket === undefined && this.#lanes.room > 0
        ? this.#lanes.push(entry)
        : this.#admission.admit(entry, key)
    if (full && this.#departures.hasSlot) this.#departures.dispatch(false)
  }

  #readSignal(options: ProcessOptions): AbortSignal | undefined {
    checkProcessOptions(options)
    const { signal } = options
    if (signal === undefined) return undefined
    if (!this.#signals.has(signal)) checkSignal('process item', signal)
    throwIfAborted(signal)
    return signal
  }

  /** Functions that were called for the item, and a signal of another make now, may call anything. */
  #watch(signal: AbortSignal, entry: Entry<Item, Result>): void {
    throwIfAborted(signal)
    this.#signals.watch(signal, entry)
  }

  #processEach(items: Iterable<Item>, options: ProcessOptions | undefined): Promise<Result>[] {
    checkIterable('process items', 'items', items)
    checkProcessOptions(options)
    // Copied first: if the iteration throws, nothing has been handed over.
    return Array.from(items).map((item) => this.process(item, options))
  }

  /** Takes out callers whose signal aborted. */
  #leave(tickets: readonly Ticket<Item, Result>[], reason: unknown): void {
    const emptied: Run<Item, Result>[] = []
    const left: Entry<Item, Result>[] = []
    for (const { entry: caller, place } of tickets) {
      if (caller.resolve === undefined) continue
      this.#callers.leave(caller, reason)
      const gone = this.#admission.leave(caller, place)
      if (gone === undefined) continue
      const [entry, from] = gone
      if (from.drop(entry)) emptied.push(from as Run<Item, Result>)
      left.push(entry)
    }
    this.#admission.advance()
    // Last, because listeners of the batch's signal run at once and may call anything.
    this.#runs.abandon(emptied, allLeft)
    for (const { details } of left) details?.abortion?.abort(reason)
    this.#update()
  }

  /** Does what a change of any kind allows: batches leave, those who wait for the end hear. */
  #update(): void {
    const closing = this.#state !== 'open'
    if (closing && !this.#recovery.hurried) {
      this.#departures.closing = true
      this.#recovery.hurried = true
      this.#returns.releaseAll()
    }
    this.#departures.dispatch(false)
    if (this.#idle.waiting && this.#isIdle()) this.#idle.release()
    if (!closing || this.#hasCallers()) return
    this.#state = 'closed'
    this.#deadline.clear()
    this.#closed.release()
  }

  #isIdle(): boolean {
    // Whoever waits for room does so because the queue is full.
    return this.queuedCount === 0 && this.#runs.active === 0
  }

  #hasCallers(): boolean {
    return this.queuedCount > 0 || this.#runs.hasCallers()
  }

  /** Sends what came until a turn without waiting for company. */
  #sendUntil(turn: number): void {
    this.#departures.flushedTurn = turn
    this.#departures.dispatch(false)
  }

  #change<Name extends 'maxBatchSize' | 'maxQueueTime' | 'concurrency'>(
    name: Name,
    value: unknown,
  ): void {
    this.#settings[name] = readOption(`set ${name}`, name, value)
    this.#lanes.review()
    this.#departures.dispatch(false)
  }
}
