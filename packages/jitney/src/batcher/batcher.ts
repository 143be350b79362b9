import { Alarm } from '../platform/alarm.ts'
import { captureContext } from '../platform/context.ts'
import { type BatchMessage, logBatch, publishAbandoned, traceBatch } from '../platform/diagnostics.ts'
import { checkFunction, checkIterable, checkOptions, checkSignal, durationOrZero } from '../platform/guards.ts'
import { atEndOfTurn, inPromiseJob } from '../platform/turn.ts'
import { type DepartureReason, nextDeparture, type QueueState } from '../policy/departure.ts'
import type { Arrival } from './arrival.ts'
import type { BatchFunction } from './batch-function.ts'
import { CallerSignals, type Place, type Ticket } from './caller-signals.ts'
import { Callers } from './callers.ts'
import { Delivery } from './delivery.ts'
import { type Entry, whenSettled } from './entry.ts'
import { type BatcherOptions, readOption, readOptions, type Settings } from './options.ts'
import type { CloseOptions, Processor, ProcessOptions } from './processor.ts'
import { Queue } from './queue.ts'
import { Run } from './run.ts'
import type { BatcherStats } from './stats.ts'

/** The engine behind the exported `Batcher`, which documents it and infers its types. */
export class Batcher<Item, Result> implements Processor<Item, Result>, AsyncDisposable {
  readonly #batchFunction: BatchFunction<Item, Result>
  readonly #settings: Settings
  /** How many queued items fill a batch, or the queue. */
  #fullSize: number
  readonly #within = captureContext()
  readonly #queue = new Queue<Item, Result>()
  /** Callers who wait for room in the queue. */
  readonly #room = new Queue<Item, Result>()
  readonly #runs = new Set<Run<Item, Result>>()
  readonly #callers: Callers<Item, Result>
  readonly #signals: CallerSignals<Item, Result>
  /** Rings when the oldest item has waited for `maxQueueTime`. */
  readonly #window: Alarm
  /** Rings when `close` has waited long enough. */
  readonly #deadline: Alarm
  #state: 'open' | 'closing' | 'closed' = 'open'
  #paused = false
  #arrival: Arrival | undefined
  #turn = 0
  #turnWillEnd = false
  /** Items of this turn and the turns before leave without waiting for company. */
  #flushedTurn = -1
  /** Calls of `onIdle` and `close` that wait. */
  #idle: (() => void)[] = []
  #closed: (() => void)[] = []
  #batches = 0
  #items = 0
  #totalDuration = 0

  constructor(batchFunction: BatchFunction<Item, Result>, options?: BatcherOptions) {
    checkFunction('create Batcher', 'batchFunction', batchFunction)
    this.#batchFunction = batchFunction
    this.#settings = readOptions(options)
    const { clock, name, captureStacks } = this.#settings
    this.#fullSize = this.#readFullSize()
    this.#callers = new Callers(name, captureStacks)
    this.#signals = new CallerSignals((tickets, reason) => {
      this.#leave(tickets, reason)
    })
    this.#window = new Alarm(clock, () => {
      this.#dispatch(true)
    })
    this.#deadline = new Alarm(clock, () => {
      this.abort(new DOMException("the 'timeout' of close() passed", 'TimeoutError'))
    })
  }

  get maxBatchSize(): number {
    return this.#settings.maxBatchSize
  }

  set maxBatchSize(value: number) {
    this.#change('maxBatchSize', value)
  }

  get maxQueueTime(): number | 'adaptive' {
    return this.#settings.maxQueueTime
  }

  set maxQueueTime(value: number | 'adaptive') {
    this.#change('maxQueueTime', value)
  }

  get concurrency(): number {
    return this.#settings.concurrency
  }

  set concurrency(value: number) {
    this.#change('concurrency', value)
  }

  get state(): 'open' | 'closing' | 'closed' {
    return this.#state
  }

  get queuedCount(): number {
    return this.#queue.size
  }

  get activeCount(): number {
    return this.#runs.size
  }

  process(item: Item, options?: ProcessOptions): Promise<Result> {
    // What is thrown in here rejects the promise.
    return new Promise((resolve) => {
      if (this.#state !== 'open') throw this.#callers.closedError()
      const signal = options === undefined ? undefined : this.#readSignal(options)
      const place = this.#findPlace()
      const arrival = this.#arrival ?? this.#beginTurn()
      const entry: Entry<Item, Result> = { item, resolve, arrival, ticket: undefined }
      place.push(entry)
      if (signal !== undefined) this.#signals.watch(signal, entry, place)
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

  flush(): Promise<void> {
    const entries = [...this.#queue, ...this.#room]
    if (entries.length === 0) return Promise.resolve()
    this.#flushedTurn = this.#turn
    // Whoever comes later in this turn came after the flush.
    this.#arrival = undefined
    return new Promise((resolve) => {
      whenSettled(entries, () => {
        atEndOfTurn(resolve)
      })
      this.#dispatch(false)
    })
  }

  onIdle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve()
    return new Promise((resolve) => {
      this.#idle.push(resolve)
    })
  }

  pause(): void {
    this.#paused = true
    this.#dispatch(false)
  }

  resume(): void {
    this.#paused = false
    this.#dispatch(false)
  }

  close(options?: CloseOptions): Promise<void> {
    return new Promise((resolve) => {
      const timeout = readCloseTimeout(options)
      this.#closed.push(resolve)
      if (this.#state === 'open') this.#state = 'closing'
      if (this.#hasCallers()) {
        const latest = this.#settings.clock.now() + timeout
        this.#deadline.set(Math.min(this.#deadline.deadline, latest))
      }
      this.#dispatch(false)
      this.#notify()
    })
  }

  abort(reason: unknown = new DOMException('This operation was aborted', 'AbortError')): void {
    this.#state = 'closed'
    for (const queue of [this.#queue, this.#room]) {
      for (const entry of queue) this.#callers.abort(entry, false, reason)
      queue.clear()
    }
    for (const run of this.#runs) {
      for (const entry of run.entries) this.#callers.abort(entry, run.started, reason)
    }
    for (const run of this.#runs) this.#abandon(run, reason)
    this.#dispatch(false)
    this.#notify()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  stats(): BatcherStats {
    const { name, clock } = this.#settings
    const { fulfilled, rejected, aborted, refused } = this.#callers
    const oldest = this.#queue.first
    return Object.freeze({
      name,
      state: this.#state,
      queued: this.#queue.size,
      waiting: this.#room.size,
      active: this.#runs.size,
      abandoned: [...this.#runs].filter((run) => run.started && run.live === 0).length,
      oldestAge: oldest === undefined ? 0 : clock.now() - oldest.arrival.time,
      batches: this.#batches,
      items: this.#items,
      totalDuration: this.#totalDuration,
      fulfilled,
      rejected,
      aborted,
      refused,
    })
  }

  #readSignal(options: ProcessOptions): AbortSignal | undefined {
    checkOptions('process item', options, processOptions)
    const { signal } = options
    if (signal === undefined) return undefined
    if (!this.#signals.has(signal)) checkSignal('process item', signal)
    // oxlint-disable-next-line typescript/only-throw-error -- the caller's own reason
    if (signal.aborted) throw signal.reason
    return signal
  }

  #findPlace(): Queue<Item, Result> {
    const { maxQueueSize, overflow } = this.#settings
    if (this.#queue.size < maxQueueSize) return this.#queue
    if (overflow === 'wait') return this.#room
    throw this.#callers.fullError(maxQueueSize)
  }

  #processEach(items: Iterable<Item>, options: ProcessOptions | undefined): Promise<Result>[] {
    checkIterable('process items', 'items', items)
    // Copied first: if the iteration throws, nothing has been handed over.
    return Array.from(items).map((item) => this.process(item, options))
  }

  #beginTurn(): Arrival {
    this.#turn += 1
    this.#arrival = { time: this.#settings.clock.now(), turn: this.#turn }
    this.#awaitEndOfTurn()
    return this.#arrival
  }

  #awaitEndOfTurn(): void {
    if (this.#turnWillEnd) return
    this.#turnWillEnd = true
    atEndOfTurn(this.#endTurn)
  }

  readonly #endTurn = (): void => {
    this.#turnWillEnd = false
    this.#arrival = undefined
    this.#within(() => {
      this.#dispatch(true)
    })
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
        this.#awaitEndOfTurn()
        return
      }
      this.#depart(reason)
    }
  }

  #queueState(): QueueState {
    const { maxQueueTime, concurrency } = this.#settings
    const oldest = this.#queue.first?.arrival
    return {
      queued: this.#queue.size,
      full: this.#queue.size >= this.#fullSize,
      oldestArrival: oldest?.time ?? Infinity,
      active: this.#runs.size,
      concurrency,
      maxQueueTime,
      paused: this.#paused,
      flushing: oldest !== undefined && oldest.turn <= this.#flushedTurn,
      closing: this.#state !== 'open',
    }
  }

  #depart(reason: DepartureReason): void {
    const run = new Run(this.#queue.take(this.#settings.maxBatchSize), reason)
    this.#runs.add(run)
    if (this.#signals.inUse) moveTickets(run.entries, run)
    this.#admit()
    inPromiseJob(() => {
      this.#within(() => {
        this.#launch(run)
      })
    })
  }

  /** Moves callers who wait for room into the queue, in the order in which they came. */
  #admit(): void {
    const room = this.#settings.maxQueueSize - this.#queue.size
    if (this.#room.size === 0 || room === 0) return
    const entries = this.#room.take(room)
    for (const entry of entries) this.#queue.push(entry)
    moveTickets(entries, this.#queue)
  }

  #launch(run: Run<Item, Result>): void {
    if (run.live === 0) {
      this.#end(run)
      return
    }
    const { clock, timeout } = this.#settings
    const items = run.items()
    run.start(clock.now())
    this.#batches += 1
    this.#items += items.length
    if (timeout !== Infinity) {
      run.limit(timeout, clock, () => {
        this.#timeOut(run)
      })
    }
    const delivery = new Delivery(run, this.#callers, () => {
      this.#end(run)
    })
    const batchFunction = this.#batchFunction
    try {
      const returned = traceBatch(this.#messageOf(run), clock, () => batchFunction(items, run.context))
      Promise.resolve(returned).then(delivery.deliver, delivery.fail)
    } catch (error) {
      delivery.fail(error)
    }
  }

  #timeOut(run: Run<Item, Result>): void {
    const { timeout } = this.#settings
    for (const entry of run.entries) {
      this.#callers.reject(entry, this.#callers.timeoutError(run.size, timeout))
    }
    this.#abandon(run, this.#callers.timeoutError(run.size, timeout))
    this.#notify()
  }

  /** Tells the batch function that nobody waits any more. Its slot is held until it has ended. */
  #abandon(run: Run<Item, Result>, reason: unknown): void {
    run.release()
    if (run.started) publishAbandoned(this.#messageOf(run))
    run.abortion.abort(reason)
  }

  #end(run: Run<Item, Result>): void {
    this.#runs.delete(run)
    run.release()
    if (run.started) {
      const duration = this.#settings.clock.now() - run.startTime
      this.#totalDuration += duration
      logBatch(this.#messageOf(run), duration)
    }
    this.#dispatch(false)
    this.#notify()
  }

  /** Takes out callers whose signal aborted. */
  #leave(tickets: readonly Ticket<Item, Result>[], reason: unknown): void {
    for (const { entry, place } of tickets) {
      if (entry.resolve === undefined) continue
      this.#callers.leave(entry, reason)
      if (place instanceof Queue) {
        place.drop()
        continue
      }
      place.live -= 1
      if (place.live === 0) this.#abandon(place, new DOMException('All callers left', 'AbortError'))
    }
    this.#admit()
    this.#dispatch(false)
    this.#notify()
  }

  /** Tells those who wait in `onIdle` and `close`, once the callers have heard. */
  #notify(): void {
    if (this.#idle.length > 0 && this.#isIdle()) {
      for (const resolve of this.#idle.splice(0)) atEndOfTurn(resolve)
    }
    if (this.#state === 'open' || this.#hasCallers()) return
    this.#state = 'closed'
    this.#deadline.clear()
    for (const resolve of this.#closed.splice(0)) atEndOfTurn(resolve)
  }

  #isIdle(): boolean {
    return this.#queue.size === 0 && this.#room.size === 0 && this.#runs.size === 0
  }

  #hasCallers(): boolean {
    if (this.#queue.size > 0 || this.#room.size > 0) return true
    for (const run of this.#runs) if (run.live > 0) return true
    return false
  }

  #hasSlot(): boolean {
    return this.#runs.size < this.#settings.concurrency
  }

  #readFullSize(): number {
    return Math.min(this.#settings.maxBatchSize, this.#settings.maxQueueSize)
  }

  #messageOf(run: Run<Item, Result>): BatchMessage {
    const { reason, size } = run
    const queueTime = run.startTime - run.oldestArrival
    return { name: this.#settings.name, reason, size, queueTime }
  }

  #change<Name extends 'maxBatchSize' | 'maxQueueTime' | 'concurrency'>(name: Name, value: unknown): void {
    this.#settings[name] = readOption(`set ${name}`, name, value)
    this.#fullSize = this.#readFullSize()
    this.#dispatch(false)
  }
}

const processOptions = ['signal']

function moveTickets<Item, Result>(
  entries: readonly Entry<Item, Result>[],
  place: Place<Item, Result>,
): void {
  for (const { ticket } of entries) {
    if (ticket !== undefined) ticket.place = place
  }
}

function readCloseTimeout(options: CloseOptions | undefined): number {
  if (options === undefined) return Infinity
  checkOptions('close Batcher', options, ['timeout'])
  const { timeout } = options
  return timeout === undefined ? Infinity : durationOrZero('close Batcher', 'timeout', timeout)
}
