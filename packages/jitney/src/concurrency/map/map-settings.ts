import type { ItemContext } from './item-context.ts'
import type { Semaphore } from '../semaphore.ts'

/** What `map` and its kin need of a `Semaphore`: one of another copy of the package will do. */
export type SharedPlaces = Pick<Semaphore, 'capacity' | 'acquire' | 'tryAcquire'>

/** Options of `map`, `mapSettled` and `asCompleted`. */
export interface MapOptions {
  /**
   * Most items in flight: an integer of at least 1, or `Infinity`. A `Semaphore` shares its places
   * with others: its capacity is the bound, and each call of the function holds one of them.
   * @default Infinity
   */
  readonly concurrency?: number | SharedPlaces | undefined
  /**
   * Stops everything: what is in flight is aborted and awaited.
   * @default none
   */
  readonly signal?: AbortSignal | undefined
}

/** Anything that is iterated, now or in time. An item that is a promise is awaited first. */
export type Source<Item> =
  | Iterable<Item | PromiseLike<Item>>
  | AsyncIterable<Item | PromiseLike<Item>>

/** What is called for each item. */
export type MapFunction<Item, Result> = (
  item: Item,
  index: number,
  context: ItemContext,
) => Result | PromiseLike<Result>
