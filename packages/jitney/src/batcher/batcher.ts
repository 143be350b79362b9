/// <reference lib="esnext.disposable" preserve="true" />
import { checkFunction, checkIterable, has } from '../platform/guards.ts'
import { admit } from './queue/admission.ts'
import type { BatchFunction } from './batch-function.ts'
import { checkProcessOptions, readCloseOptions } from './call-options.ts'
import { watch } from './callers/caller-signals.ts'
import { createState } from './create-state.ts'
import type { Entry } from './entry.ts'
import { flush } from './callers/flushing.ts'
import { type BatcherOptions, guards, readOptions } from './options.ts'
import { processIterable } from './process-iterable.ts'
import type { CloseOptions, Processor, ProcessOptions } from './processor.ts'
import type { SharedSlots } from './departure/sharing.ts'
import { abort, close } from './callers/shutdown.ts'
import { queuedIn, type State } from './state.ts'
import { type BatcherStats, statsOf } from './stats.ts'
import { atEndOfTurn } from '../platform/turn.ts'
import { arrivalOf } from './departure/turns.ts'

interface StackTracing {
  captureStackTrace?: (at: object, above: unknown) => void
}

/** The engine behind the exported `Batcher`, whose constructor infers its types. */
export class Batcher<Item, Result> implements Processor<Item, Result>, AsyncDisposable {
  readonly #state: State

  constructor(batchFunction: BatchFunction<Item, Result>, options?: BatcherOptions<Item>) {
    checkFunction('create Batcher', 'batchFunction', batchFunction)
    this.#state = createState(this, batchFunction as State['work'], readOptions(options))
  }

  /** Most items in a batch. Settable while running. */
  get maxBatchSize(): number {
    return this.#state.settings.maxBatchSize
  }

  set maxBatchSize(value: number) {
    this.#change('maxBatchSize', value)
  }

  /** How long the oldest item may wait for company: milliseconds or `'adaptive'`. Settable while running. */
  get maxQueueTime(): number | 'adaptive' {
    return this.#state.settings.maxQueueTime
  }

  set maxQueueTime(value: number | 'adaptive') {
    this.#change('maxQueueTime', value)
  }

  /**
   * Most batches that run at once, or the semaphore they share. Settable while running: lowered, it
   * lets those that run end.
   */
  get concurrency(): number | SharedSlots {
    return this.#state.settings.concurrency
  }

  set concurrency(value: number | SharedSlots) {
    this.#change('concurrency', value)
  }

  /** `'open'`, `'closing'` after `close()` while callers wait, then `'closed'`. */
  get state(): 'open' | 'closing' | 'closed' {
    return this.#state.phase
  }

  /** Items that wait in the queue or for another attempt, those of running batches not counted. */
  get queuedCount(): number {
    return queuedIn(this.#state)
  }

  /** Batches that hold a slot. */
  get activeCount(): number {
    return this.#state.runs.size
  }

  process(item: Item, options?: ProcessOptions): Promise<Result> {
    // What is thrown in here rejects the promise.
    return new Promise((resolve) => {
      const state = this.#state
      const { weight, batchKey, dedupeKey, captureStacks } = state.settings
      if (options !== undefined || weight.length || batchKey || dedupeKey || captureStacks)
        this.#processWith(item, resolve, options)
      else
        admit(state, {
          item,
          answer: resolve as Entry['answer'],
          arrival: arrivalOf(state),
          order: (state.order += 1),
        })
    })
  }

  async processAll(items: Iterable<Item>, options?: ProcessOptions): Promise<Result[]> {
    return Promise.all(this.#processEach(items, options))
  }

  async processAllSettled(
    items: Iterable<Item>,
    options?: ProcessOptions,
  ): Promise<PromiseSettledResult<Result>[]> {
    return Promise.allSettled(this.#processEach(items, options))
  }

  processIterable(
    source: Iterable<Item> | AsyncIterable<Item>,
    options?: ProcessOptions,
  ): AsyncIterableIterator<Result> {
    if (!has(source, Symbol.asyncIterator)) checkIterable('process items', 'source', source)
    checkProcessOptions('process items', options)
    return processIterable(this.#state, source, options?.signal, (item, signal) =>
      this.process(item, { ...options, signal }),
    )
  }

  /**
   * Sends what is queued now as slots come free, without waiting for company, also while paused: then
   * nobody who comes later rides along.
   * Resolves when exactly those items are settled, those who waited for room or for another attempt
   * among them (whose delay stands); never rejects.
   */
  flush(): Promise<void> {
    return flush(this.#state)
  }

  /**
   * Resolves when nothing is queued or waits for another attempt, and every batch function has
   * ended; at once if that is so.
   */
  onIdle(): Promise<void> {
    return new Promise((resolve) => {
      const state = this.#state
      state.idle.push(() => {
        atEndOfTurn(resolve)
      })
      state.proceed()
    })
  }

  /**
   * Lets no further batch leave until `resume()`, halves and other attempts included; `flush` and
   * `close` send all the same.
   */
  pause(): void {
    this.#hold(true)
  }

  /** Ends `pause()`. */
  resume(): void {
    this.#hold(false)
  }

  close(options?: CloseOptions): Promise<void> {
    return new Promise((resolve) => {
      close(this.#state, readCloseOptions('close Batcher', 'options', options).timeout, resolve)
    })
  }

  /**
   * Closes the batcher and settles every caller now: each rejects with a `BatchAbortedError` of its
   * own with `cause: reason`. Running batch functions see `reason` on their signal; `onIdle()`
   * waits for them to end.
   *
   * @param reason anything; an `AbortError` by default.
   */
  abort(reason: unknown = AbortSignal.abort().reason): void {
    abort(this.#state, reason)
  }

  /** `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** What the batcher does and did, as a frozen plain object. */
  stats(): BatcherStats {
    return statsOf(this.#state)
  }

  /** Reads all that may be said of an item: what nobody said costs the others nothing. */
  #processWith(item: Item, resolve: unknown, options?: ProcessOptions): void {
    checkProcessOptions('process item', options)
    const state = this.#state
    const { weight, batchKey, dedupeKey, captureStacks } = state.settings
    const entry: Entry = {
      item,
      answer: resolve as Entry['answer'],
      laneKey: batchKey?.(item),
      weights: weight.map(({ of, fitting }) => fitting!('process item', 'weight', of(item))),
      rank: options?.priority,
      order: (state.order += 1),
      arrival: arrivalOf(state),
    }
    const kind = dedupeKey?.(item)
    const signal = options?.signal
    if (signal) {
      signal.throwIfAborted()
      watch(state, signal, entry)
    }
    // Without what is above the caller.
    if (captureStacks) (Error as StackTracing).captureStackTrace?.(entry, this.process)
    admit(state, entry, kind)
  }

  #processEach(items: Iterable<Item>, options: ProcessOptions | undefined): Promise<Result>[] {
    checkIterable('process items', 'items', items)
    checkProcessOptions('process items', options)
    // Copied first: if the iteration throws, nothing has been handed over.
    return [...items].map((item) => this.process(item, options))
  }

  #hold(paused: boolean): void {
    const state = this.#state
    state.paused = paused
    state.proceed()
  }

  #change<Name extends 'maxBatchSize' | 'maxQueueTime' | 'concurrency'>(
    name: Name,
    value: unknown,
  ): void {
    const state = this.#state
    state.settings[name] = guards[name](`set ${name}`, name, value) as never
    state.lanes.review()
    state.proceed()
  }
}
