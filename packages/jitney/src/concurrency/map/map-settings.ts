import {
  checkFunction,
  checkSignal,
  checkSource,
  countOrShared,
  fields,
  type Guard,
  optional,
} from '../../platform/guards.ts'
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
  /** Stops everything: what is in flight is aborted and awaited. */
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

/** Checked arguments. */
export interface MapSettings<Item, Result> extends Read {
  readonly source: Source<Item>
  readonly fn: MapFunction<Item, Result>
}

interface Read {
  readonly concurrency: number | SharedPlaces
  readonly signal?: AbortSignal | undefined
  /** How many results may wait for their consumer beside what is in flight; as many by default. */
  readonly buffer?: number | undefined
}

type Guards = { readonly [Name in 'concurrency' | 'signal']: Guard<Read[Name]> }

/** What all forms know. */
export const guards: Guards = {
  concurrency: /* @__PURE__ */ optional(countOrShared as Guard<number | SharedPlaces>, Infinity),
  signal: /* @__PURE__ */ optional(checkSignal),
}
const readOptions = /* @__PURE__ */ fields(guards)

/** Checks the arguments; from here on promises in an array are not reported as unhandled. */
export function mapSettings<Item, Result>(
  action: string,
  source: Source<Item>,
  fn: MapFunction<Item, Result>,
  options: MapOptions | undefined,
  read: Guard<Read> = readOptions,
): MapSettings<Item, Result> {
  checkSource(action, 'source', source)
  checkFunction(action, 'fn', fn)
  const settings = { buffer: 0, source, fn, ...read(action, 'options', options) }
  if (Array.isArray(source)) source.forEach(hush)
  return settings
}

/** A rejection of this is somebody else's to report, or nobody's. */
export function hush(value: unknown): void {
  if (value instanceof Promise) value.catch(() => {})
}
