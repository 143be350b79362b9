import { iterate } from './iterate.ts'
import type { MapFunction, MapOptions, Source } from './map-settings.ts'
import type { Results } from '../results.ts'

/** Options of `mapIterable`. */
export interface MapIterableOptions extends MapOptions {
  /**
   * How many results may wait for the consumer beside what is in flight: an integer of at least 0,
   * or `Infinity`.
   * @default `concurrency`
   */
  readonly buffer?: number | undefined
}

/**
 * Calls a function for each item of a source, so many at a time, and gives the results one by one
 * in input order.
 *
 * - Nothing happens before the first `next()`. No more than `concurrency` and `buffer` items are
 *   pulled ahead of the consumer: results that nobody takes hold their place.
 * - Leaving the loop stops everything: nothing more is pulled, the source is closed, the signals of
 *   what is in flight abort, and the loop is left when that has ended.
 * - So does an error, or an abort. The results before it that were ready are given first, those of
 *   an abort are dropped. Which error wins is told at `map`.
 * - Calls of `next()` need not await each other: each gets an element of its own.
 *
 * @param source any iterable or async iterable.
 * @param fn what to call: with the item, its index, and a `signal`.
 * @throws TypeError or RangeError for wrong arguments, at the call.
 *
 * @example
 * ```ts
 * import { mapIterable } from 'jitney'
 *
 * function* numbers() {
 *   for (let number = 1; ; number += 1) yield number
 * }
 * const squares = mapIterable(numbers(), async (number) => number * number, { concurrency: 4 })
 * const first: number[] = []
 * for await (const square of squares) {
 *   first.push(square)
 *   if (first.length === 3) break
 * }
 * first // => [1, 4, 9]
 * ```
 */
export function mapIterable<Item, Result>(
  source: Source<Item>,
  fn: MapFunction<Item, Result>,
  options?: MapIterableOptions,
): Results<Result> {
  return iterate('call mapIterable', source, fn, options, true)
}
