import type {
  Awaitable,
  BatchContext,
  BatcherOptions,
  BatchFunction,
  BatchResults,
  ResultOf,
} from 'jitney'

/** Shared by all copies of the package in a process, so that a module may come with its own. */
const brand: unique symbol = Symbol.for('@jitney/cli.batch')

/** A batch function and how it is to be served. Made by `defineBatch`. */
export interface BatchDefinition<Item = never, Result = unknown> {
  readonly [brand]: true
  /** What was given to `defineBatch`. */
  readonly batchFunction: BatchFunction<Item, Result>
  /** The options of its batcher, not checked yet. */
  readonly options: BatcherOptions
  /** Items for `jitney tune`, if some were given. */
  readonly examples: readonly unknown[] | undefined
}

/** What the commands should know beside the options of the batcher. */
export interface BatchDetails<Item> {
  /**
   * Items as they come in use, of the usual sizes: `jitney tune` measures with them, over and over.
   * @default none
   */
  readonly examples?: readonly Item[] | undefined
}

/**
 * Says how a batch function is to be served: what a module for `jitney serve` exports, as its
 * default (the route is called as the file) or by name (the route is called as the export).
 *
 * The options are those of `Batcher`. They are checked when the service starts.
 *
 * @example
 * ```ts
 * import { defineBatch } from '@jitney/cli'
 *
 * export const squares = defineBatch((numbers: number[]) => numbers.map((number) => number * number), {
 *   maxBatchSize: 1000,
 * })
 * ```
 */
export function defineBatch<Item, Returned extends Awaitable<BatchResults>>(
  batchFunction: (items: Item[], context: BatchContext) => Returned,
  options: BatcherOptions = {},
  details: BatchDetails<Item> = {},
): BatchDefinition<Item, ResultOf<Returned>> {
  return Object.freeze({
    [brand]: true as const,
    batchFunction: batchFunction as BatchFunction<Item, ResultOf<Returned>>,
    options: Object.freeze({ ...options }),
    examples: details.examples,
  })
}

/** Whether this was made by `defineBatch`, of this copy of the package or another. */
export function isBatchDefinition(value: unknown): value is BatchDefinition {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as Partial<BatchDefinition>)[brand] === true
  )
}
