import type {
  Awaitable,
  BatchContext,
  BatchFunction,
  BatchResults,
  ResultOf,
} from './batch-function.ts'
import { Batcher as Engine } from './batcher.ts'
import type { BatcherOptions } from './options.ts'

/**
 * Collects single items into batches: many callers each hand over one item and await one result,
 * the items ride together in a few calls of the batch function.
 *
 * - **Settlement.** Every promise settles, provided the batch function does; with `timeout`, even
 *   if it never does.
 * - **Order.** First in, first out, within a `batchKey` and a priority; age counts, so that nobody
 *   starves.
 * - **Company.** Items with different batch keys never share a batch, no batch is heavier than a
 *   `weight` allows, and items with equal dedupe keys that wait or run together are sent once.
 * - **Departure.** A full batch leaves at once when a slot is free and neither `pause()` nor a rate
 *   limit holds it; another when its oldest item has waited for `maxQueueTime`, or as soon as
 *   waiting would gain nothing (`'adaptive'`). While slots are busy nothing is formed early. The
 *   batch function is never called inside `process()`.
 * - **Concurrency.** Never more than `concurrency` batch functions run; a slot is freed when one
 *   has really ended. No span of a rate limit's interval contains more than its limit.
 * - **Failure.** A failed batch rejects each caller with a `BatchError` of its own; one item's
 *   error rejects its caller alone.
 * - **Repetition.** No item is sent twice unless `retry`, `splitOnError` or `outcome.retry()` asks
 *   for it, and then not before the attempt under way has ended.
 * - **Cancellation.** A caller's signal ends its own wait and no other; an item that waits is
 *   removed.
 * - **Close.** `close()` sends what is queued, `abort()` settles everyone now.
 * - **Retention.** Nothing is kept of what is settled: no item, no result, no key.
 * - **Re-entrancy.** `process` inside the batch function works when a slot is free; awaiting it, or
 *   `close()`, with none free waits for itself, and ends only by `timeout`.
 *
 * @example
 * ```ts
 * import { Batcher } from 'jitney'
 *
 * const squares = new Batcher(async (numbers: number[]) => numbers.map((n) => n * n), {
 *   maxBatchSize: 1000,
 *   concurrency: 4,
 * })
 * await squares.process(3) // => 9
 * await squares.close()
 * ```
 */
export const Batcher: BatcherConstructor = Engine
export type Batcher<Item, Result> = Engine<Item, Result>

/** Infers what callers give and get from the batch function. */
export interface BatcherConstructor {
  new <Item, Returned extends Awaitable<BatchResults>>(
    batchFunction: (items: Item[], context: BatchContext) => Returned,
    options?: BatcherOptions<Item>,
  ): Batcher<Item, ResultOf<Returned>>
  new <Item, Result>(
    batchFunction: BatchFunction<Item, Result>,
    options?: BatcherOptions<Item>,
  ): Batcher<Item, Result>
}
