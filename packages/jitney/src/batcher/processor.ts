/** Options of one call of `process`. */
export interface ProcessOptions {
  /**
   * Ends the wait of this caller alone: its promise rejects with `signal.reason`. While the item is
   * queued, it is removed and the batch function never sees it.
   * @default none
   */
  readonly signal?: AbortSignal | undefined
  /**
   * Higher numbers leave first, within a batch key: any finite number. Age counts: one point is
   * worth a second of waiting, so that nobody starves. It changes the order, not when a batch
   * leaves.
   * @default 0
   */
  readonly priority?: number | undefined
}

/** Options of `close`. */
export interface CloseOptions {
  /**
   * Milliseconds after which whoever still waits is aborted; at least 0, or `Infinity`.
   * @default Infinity
   */
  readonly timeout?: number | undefined
}

/**
 * Takes one item and gives one result. What application code should depend on: a `Batcher` is
 * one, and so is whatever stands in for it in a test.
 */
export interface Processor<Item, Result> {
  /**
   * Hands over one item, and resolves to its result.
   *
   * Rejects with
   * - the item's own error, if the batch function returned one for it;
   * - `BatchError` when the batch function failed, or asked for another attempt too often,
   *   `BatchTimeoutError` when it took too long;
   * - `signal.reason` when the caller aborted;
   * - `QueueFullError`, `BatcherClosedError` or `BatchAbortedError`;
   * - a `TypeError` or `RangeError` for wrong options, or for a weight that is wrong or too much;
   * - what the functions of `weight`, `batchKey` or `dedupeKey` throw.
   */
  process(item: Item, options?: ProcessOptions): Promise<Result>
  /**
   * Hands over several items, and resolves to their results in input order. Rejects with the first
   * failure, like `Promise.all`; if iterating `items` throws, nothing is handed over.
   */
  processAll(items: Iterable<Item>, options?: ProcessOptions): Promise<Result[]>
  /** Hands over several items, and resolves to how each ended, in input order. */
  processAllSettled(
    items: Iterable<Item>,
    options?: ProcessOptions,
  ): Promise<PromiseSettledResult<Result>[]>
  /**
   * Hands over the items of a source as room comes free, and gives their results in input order, in
   * constant memory: the source is pulled lazily, and no further ahead of the results that were
   * taken than `maxBatchSize * (concurrency + 1)`, `maxQueueSize` or 10,000 items, whichever is
   * least.
   *
   * Ends with the first failure, of an item or of the source, after the results before it. When it
   * ends, also because the loop is left, what is queued and in flight is aborted and the source is
   * closed. Sources that share a bounded queue can fill it for each other: `overflow: 'wait'`
   * helps.
   *
   * @throws TypeError or RangeError at once, if `source` or `options` are wrong.
   *
   * @example
   * ```ts
   * import { Batcher } from 'jitney'
   *
   * async function* ids() {
   *   yield* [1, 2, 3]
   * }
   * const names = new Batcher((ids: number[]) => ids.map((id) => `name ${id}`))
   * const found: string[] = []
   * for await (const name of names.processIterable(ids())) found.push(name)
   * found // => ['name 1', 'name 2', 'name 3']
   * ```
   */
  processIterable(
    source: Iterable<Item> | AsyncIterable<Item>,
    options?: ProcessOptions,
  ): AsyncIterableIterator<Result>
  /**
   * Refuses new items, sends what is queued, makes attempts that wait at once, and resolves when
   * all callers are settled. May be called again: a shorter timeout counts. Rejects only for wrong
   * options.
   */
  close(options?: CloseOptions): Promise<void>
}
