/** Options of one call of `process`. */
export interface ProcessOptions {
  /**
   * Ends the wait of this caller alone: its promise rejects with `signal.reason`. While the item is
   * queued, it is removed and the batch function never sees it.
   * @default none
   */
  readonly signal?: AbortSignal | undefined
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
   * - `BatchError` when the batch function failed, `BatchTimeoutError` when it took too long;
   * - `signal.reason` when the caller aborted;
   * - `QueueFullError`, `BatcherClosedError` or `BatchAbortedError`;
   * - a `TypeError` for wrong options.
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
   * Refuses new items, sends what is queued, and resolves when all callers are settled. May be
   * called again: a shorter timeout counts. Rejects only for wrong options.
   */
  close(options?: CloseOptions): Promise<void>
}
