import type { ItemContext } from './item-context.ts'
import { iterate } from './iterate.ts'
import type { MapFunction, MapOptions, Source } from './map-settings.ts'
import type { Results } from '../results.ts'

/** A function that is called once, with a signal. */
export type Thunk<Result> = (context: ItemContext) => Result | PromiseLike<Result>

/**
 * Calls a function for each item of a source, so many at a time, and gives the results one by one
 * as they come.
 *
 * - Nothing happens before the first `next()`. No more than `concurrency` items are pulled ahead of
 *   the consumer: results that nobody takes hold their place.
 * - Leaving the loop, an error and an abort do what they do to `mapIterable`.
 *
 * @param source any iterable or async iterable.
 * @param fn what to call: with the item, its index, and a `signal`. Without it, the items themselves
 *   are functions and are called with `{ signal }`.
 * @throws TypeError or RangeError for wrong arguments, at the call.
 *
 * @example
 * ```ts
 * import { asCompleted } from 'jitney'
 * import { setTimeout as sleep } from 'node:timers/promises'
 *
 * const order: string[] = []
 * for await (const name of asCompleted([() => sleep(20, 'slow'), () => 'fast'])) order.push(name)
 * order // => ['fast', 'slow']
 * ```
 */
export function asCompleted<Item, Result>(
  source: Source<Item>,
  fn: MapFunction<Item, Result>,
  options?: MapOptions,
): Results<Result>
export function asCompleted<Result>(
  thunks: Source<Thunk<Result>>,
  options?: MapOptions,
): Results<Result>
export function asCompleted<Item, Result>(
  source: Source<Item>,
  fn?: MapFunction<Item, Result> | MapOptions,
  options?: MapOptions,
): Results<Result> {
  if (typeof fn !== 'function' && !options) {
    options = fn
    fn = (thunk, _, context) => (thunk as Thunk<Result>)(context)
  }
  return iterate('call asCompleted', source, fn as MapFunction<Item, Result>, options)
}
