/// <reference lib="esnext.disposable" preserve="true" />
import { Alarm } from '../platform/alarm.ts'
import { captureContext } from '../platform/context.ts'
import { checkFunction, checkIterable, checkSignal } from '../platform/guards.ts'
import { endOfTurn } from '../platform/turn.ts'
import { nextDeparture, type QueueState } from '../policy/departure.ts'
import type { BatchFunction } from './batch-function.ts'
import { checkProcessOptions, isSignalAlone, readCloseTimeout } from './call-options.ts'
import { CallerSignals, moveTickets, type Ticket } from './caller-signals.ts'
import { Callers } from './callers.ts'
import { type Entry, whenSettled } from './entry.ts'
import { type BatcherOptions, readOption, readOptions, type Settings } from './options.ts'
import type { CloseOptions, Processor, ProcessOptions } from './processor.ts'
import { Queue } from './queue.ts'
import type { Run } from './run.ts'
import { allLeft, Runs } from './runs.ts'
import type { BatcherStats } from './stats.ts'
import { Turns } from './turns.ts'
import { Waiters } from './waiters.ts'

interface Flush {
  readonly turn: number
  /** How many batches had left. */
  readonly cuts: number
  /** Kept while it waits: it belongs to the context of whoever called. */
  done: Promise<void> | undefined
}

/** The engine behind the exported `Batcher`, whose constructor infers its types. */
export class Batcher<Item, Result> implements Processor<Item, Result>, AsyncDisposable {
  readonly #settings: Settings
  readonly #within = captureContext()
  readonly #turns: Turns
  readonly #queue = new Queue<Item, Result>()
  /** Callers who wait for room in the queue. */
  readonly #room = new Queue<Item, Result>()
  readonly #runs: Runs<Item, Result>
  readonly #callers: Callers<Item, Result>
  readonly #signals: CallerSignals<Item, Result>
  /** Rings when the oldest item has waited for `maxQueueTime`. */
  readonly #window: Alarm
  /** Rings when `close` has waited long enough. */
  readonly #deadline: Alarm
  readonly #idle = new Waiters()
  readonly #closed = new Waiters()
  #state: 'open' | 'closing' | 'closed' = 'open'
  #paused = false
  /** How many queued items fill a batch, or the queue. */
  #fullSize: number
  /** The last `flush`: items of its turn and of those before leave without waiting for company. */
  #flushed: Flush | undefined

  constructor(batchFunction: BatchFunction<Item, Result>, options?: BatcherOptions) {
    checkFunction('create Batcher', 'batchFunction', batchFunction)
    this.#settings = readOptions(options)
    const { clock, name, captureStacks } = this.#settings
    this.#fullSize = this.#readFullSize()
    this.#turns = new Turns(clock, () => {
      this.#within(() => {
        this.#dispatch(true)
      })
    })
    this.#callers = new Callers(name, captureStacks)
    this.#signals = new CallerSignals((tickets, reason) => {
      this.#leave(tickets, reason)
    })
    this.#runs = new Runs(batchFunction, this.#settings, this.#callers, this.#within, () => {
      this.#update()
    })
    this.#window = new Alarm(clock, this.#within, () => {
      this.#dispatch(true)
    })
    this.#deadline = new Alarm(clock, this.#within, () => {
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

  /** Most batches that run at once. Settable while running: lowered, it lets those that run end. */
  get concurrency(): number {
    return this.#settings.concurrency
  }

  set concurrency(value: number) {
    this.#change('concurrency', value)
  }

  /** `'open'`, `'closing'` after `close()` while callers wait, then `'closed'`. */
  get state(): 'open' | 'closing' | 'closed' {
    return this.#state
  }

  /** Items that wait in the queue, those of running batches not counted. */
  get queuedCount(): number {
    return this.#queue.size
  }

  /** Batches that hold a slot. */
  get activeCount(): number {
    return this.#runs.active
  }

  process(item: Item, options?: ProcessOptions): Promise<Result> {
    // What is thrown in here rejects the promise.
    return new Promise((resolve) => {
      const signal = options === undefined ? undefined : this.#readSignal(options)
      if (this.#state !== 'open') throw this.#callers.closedError()
      const hasRoom = this.#queue.size < this.#settings.maxQueueSize
      const place = hasRoom ? this.#queue : this.#waitingPlace()
      const { arrival } = this.#turns
      const entry: Entry<Item, Result> = { item, resolve, arrival, ticket: undefined }
      if (signal === undefined) place.push(entry)
      else this.#enterWith(signal, entry)
      if (this.#settings.captureStacks) this.#callers.keepStack(entry, this.process)
      if (this.#queue.size >= this.#fullSize && this.#hasSlot()) this.#dispatch(false)
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

  /**
   * Sends what is queued now as slots come free, without waiting for company, also while paused.
   * Resolves when exactly those items are settled, those who waited for room among them; never
   * rejects.
   */
  async flush(): Promise<void> {
    const { cuts } = this.#runs
    // If no batch has left since, all that an unfinished flush waits for is still queued.
    const last = this.#flushed?.cuts === cuts ? this.#flushed : undefined
    const turn = last?.turn ?? 0
    const entries = [...this.#queue.since(turn), ...this.#room.since(turn)]
    if (entries.length === 0) await last?.done
    else await this.#flush(entries, cuts, last?.done)
    await endOfTurn()
  }

  /** Resolves when nothing is queued and every batch function has ended; at once if that is so. */
  onIdle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve()
    return new Promise((resolve) => {
      this.#idle.add(resolve)
    })
  }

  /** Lets no further batch leave until `resume()`; `flush` and `close` send all the same. */
  pause(): void {
    this.#paused = true
    this.#dispatch(false)
  }

  /** Ends `pause()`. */
  resume(): void {
    this.#paused = false
    this.#dispatch(false)
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
    for (const queue of [this.#queue, this.#room]) {
      for (const entry of queue) this.#callers.abort(entry, false, reason)
      queue.clear()
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
    const oldest = this.#queue.first
    return Object.freeze({
      ...(name !== undefined && { name }),
      state: this.#state,
      queued: this.#queue.size,
      waiting: this.#room.size,
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

  #readSignal(options: ProcessOptions): AbortSignal | undefined {
    if (!isSignalAlone(options)) checkProcessOptions(options)
    const { signal } = options
    if (signal === undefined) return undefined
    if (!this.#signals.has(signal)) checkSignal('process item', signal)
    // oxlint-disable-next-line typescript/only-throw-error -- the caller's own reason
    if (signal.aborted) throw signal.reason
    return signal
  }

  /** Looks for room only now: a signal of another make may call anything while it is listened to. */
  #enterWith(signal: AbortSignal, entry: Entry<Item, Result>): void {
    this.#signals.watch(signal, entry, this.#queue)
    const { ticket } = entry
    try {
      if (this.#state !== 'open') throw this.#callers.closedError()
      const hasRoom = this.#queue.size < this.#settings.maxQueueSize
      const place = hasRoom ? this.#queue : this.#waitingPlace()
      if (ticket !== undefined) ticket.place = place
      place.push(entry)
    } catch (error) {
      ticket?.release()
      throw error
    }
  }

  async #flush(
    entries: readonly Entry<Item, Result>[],
    cuts: number,
    before: Promise<void> | undefined,
  ): Promise<void> {
    const settled = whenSettled(entries)
    const done = before === undefined ? settled : before.then(() => settled)
    const flushed: Flush = { turn: this.#turns.cut(), cuts, done }
    this.#flushed = flushed
    this.#dispatch(false)
    await done
    flushed.done = undefined
  }

  #waitingPlace(): Queue<Item, Result> {
    const { maxQueueSize, overflow } = this.#settings
    if (overflow === 'wait') return this.#room
    throw this.#callers.fullError(maxQueueSize)
  }

  #processEach(items: Iterable<Item>, options: ProcessOptions | undefined): Promise<Result>[] {
    checkIterable('process items', 'items', items)
    if (options !== undefined) checkProcessOptions(options)
    // Copied first: if the iteration throws, nothing has been handed over.
    return Array.from(items).map((item) => this.process(item, options))
  }

  /** Lets every batch leave that may. The one place where batches are formed. */
  #dispatch(turnEnded: boolean): void {
    for (;;) {
      const { at, afterTurn, reason } = nextDeparture(this.#queueState())
      const due = at === -Infinity || (at < Infinity && at <= this.#settings.clock.now())
      if (!due) {
        this.#window.set(at)
        return
      }
      if (afterTurn && !turnEnded) {
        this.#turns.awaitEnd()
        return
      }
      // A paused batcher sends what was flushed, and nothing that came later.
      const lastTurn = reason === 'flush' && this.#paused ? this.#flushed?.turn : Infinity
      const entries = this.#queue.take(this.#settings.maxBatchSize, lastTurn)
      const run = this.#runs.start(entries, reason)
      if (this.#signals.inUse) moveTickets(run.entries, run)
      this.#admit()
    }
  }

  #queueState(): QueueState {
    const { maxQueueTime, concurrency } = this.#settings
    const oldest = this.#queue.first?.arrival
    return {
      queued: this.#queue.size,
      full: this.#queue.size >= this.#fullSize,
      oldestArrival: oldest?.time ?? Infinity,
      active: this.#runs.active,
      concurrency,
      maxQueueTime,
      paused: this.#paused,
      flushing: oldest !== undefined && oldest.turn <= (this.#flushed?.turn ?? 0),
      closing: this.#state !== 'open',
    }
  }

  /** Moves callers who wait for room into the queue, in the order in which they came. */
  #admit(): void {
    const room = this.#settings.maxQueueSize - this.#queue.size
    if (this.#room.size === 0 || room === 0) return
    const entries = this.#room.take(room)
    for (const entry of entries) this.#queue.push(entry)
    moveTickets(entries, this.#queue)
  }

  /** Takes out callers whose signal aborted. */
  #leave(tickets: readonly Ticket<Item, Result>[], reason: unknown): void {
    const emptied: Run<Item, Result>[] = []
    for (const { entry, place } of tickets) {
      if (entry.resolve === undefined) continue
      this.#callers.leave(entry, reason)
      if (place instanceof Queue) place.drop()
      else if (place.leave()) emptied.push(place)
    }
    this.#admit()
    // Last, because listeners of the batch's signal run at once and may call anything.
    this.#runs.abandon(emptied, allLeft)
    this.#update()
  }

  /** Does what a change of any kind allows: batches leave, those who wait for the end hear. */
  #update(): void {
    this.#dispatch(false)
    if (this.#idle.waiting && this.#isIdle()) this.#idle.release()
    if (this.#state === 'open' || this.#hasCallers()) return
    this.#state = 'closed'
    this.#deadline.clear()
    this.#closed.release()
  }

  #isIdle(): boolean {
    // Whoever waits for room does so because the queue is full.
    return this.#queue.size === 0 && this.#runs.active === 0
  }

  #hasCallers(): boolean {
    return this.#queue.size > 0 || this.#runs.hasCallers()
  }

  #hasSlot(): boolean {
    return this.#runs.active < this.#settings.concurrency
  }

  #readFullSize(): number {
    return Math.min(this.#settings.maxBatchSize, this.#settings.maxQueueSize)
  }

  #change<Name extends 'maxBatchSize' | 'maxQueueTime' | 'concurrency'>(
    name: Name,
    value: unknown,
  ): void {
    this.#settings[name] = readOption(`set ${name}`, name, value)
    this.#fullSize = this.#readFullSize()
    this.#dispatch(false)
  }
}
