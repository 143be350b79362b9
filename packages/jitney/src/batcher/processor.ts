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
  /** Hands over one item. */
  process(item: Item, options?: ProcessOptions): Promise<Result>
  /** Hands over several items: their results in input order, or the first failure. */
  processAll(items: Iterable<Item>, options?: ProcessOptions): Promise<Result[]>
  /** Hands over several items: how each ended, in input order. */
  processAllSettled(
    items: Iterable<Item>,
    options?: ProcessOptions,
  ): Promise<PromiseSettledResult<Result>[]>
  /** Refuses new items and resolves when all callers are settled. */
  close(options?: CloseOptions): Promise<void>
}
