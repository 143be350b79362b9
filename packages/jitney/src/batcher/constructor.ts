import type {
  Awaitable,
  BatchContext,
  BatchFunction,
  BatchResults,
  ResultOf,
} from './batch-function.ts'
import { Batcher as Engine } from './batcher.ts'
import type { BatcherOptions } from './options.ts'

export type Batcher<Item, Result> = Engine<Item, Result>
export const Batcher: BatcherConstructor = Engine

/** Infers what callers give and get from the batch function. */
export interface BatcherConstructor {
  new <Item, Returned extends Awaitable<BatchResults>>(
    batchFunction: (items: Item[], context: BatchContext) => Returned,
    options?: BatcherOptions,
  ): Batcher<Item, ResultOf<Returned>>
  new <Item, Result>(
    batchFunction: BatchFunction<Item, Result>,
    options?: BatcherOptions,
  ): Batcher<Item, Result>
}
