import type { BatchContext, BatchFunction, BatchResults } from '../batcher/batch-function.ts'
import type { Outcome } from '../batcher/outcome.ts'
import { deferred } from './deferred.ts'

/** One call of the batch function of `manualBatches`. */
export interface ManualBatch<Item, Result> {
  /** A copy of what it was given. */
  readonly items: readonly Item[]
  /** What it was told beside the items. */
  readonly context: BatchContext
  /** Lets the call return these outcomes. */
  resolve(results: BatchResults<Result | Error | Outcome<Result>>): void
  /** Lets the call fail. */
  reject(reason: unknown): void
}

/** A batch function whose calls are seen and ended by the test. */
export interface ManualBatches<Item, Result> {
  /** What to give to the batcher. */
  readonly batchFunction: BatchFunction<Item, Result>
  /** The calls so far, oldest first. */
  readonly calls: readonly ManualBatch<Item, Result>[]
  /** The items of the calls so far. */
  readonly items: readonly (readonly Item[])[]
}

/**
 * A batch function under the test's control.
 *
 * @example
 * ```ts
 * import { Batcher } from 'jitney'
 * import { manualBatches, settle } from 'jitney/testing'
 *
 * const batches = manualBatches<string, number>()
 * const lengths = new Batcher(batches.batchFunction)
 * const length = lengths.process('abc')
 * await settle()
 * batches.items // => [['abc']]
 * batches.calls[0]?.resolve([3])
 * await length // => 3
 * ```
 */
export function manualBatches<Item, Result>(): ManualBatches<Item, Result> {
  const calls: ManualBatch<Item, Result>[] = []
  return {
    calls,
    get items() {
      return calls.map((call) => call.items)
    },
    batchFunction: (items, context) => {
      const { promise, resolve, reject } =
        deferred<BatchResults<Result | Error | Outcome<Result>>>()
      calls.push({ items: [...items], context, resolve, reject })
      return promise
    },
  }
}
