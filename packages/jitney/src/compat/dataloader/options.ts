import { atEndOfTurn } from '../../platform/turn.ts'
import { wrongArgument } from './errors.ts'

/**
 * Where a `DataLoader` keeps its promises: a `Map`, or what has these four methods of one. An entry
 * may be forgotten at any time.
 */
export interface CacheMap<Key, Value> {
  /** The promise of a key, or nothing. */
  get(key: Key): Value | void
  /** Keeps the promise of a key. */
  set(key: Key, value: Value): unknown
  /** Forgets a key, for `clear`. */
  delete(key: Key): unknown
  /** Forgets all keys, for `clearAll`. */
  clear(): unknown
}

/**
 * Gets the keys of a batch, and resolves to as many values, in the same order; an `Error` among them
 * rejects the loads of that key. Its `this` is the loader.
 */
export type BatchLoadFn<Key, Value> = (
  keys: readonly Key[],
) => PromiseLike<ArrayLike<Value | Error>>

/** Options of a `DataLoader`, with DataLoader's own names and defaults; others are not looked at. */
export interface Options<Key, Value, CacheKey = Key> {
  /**
   * Whether loads share batches; `false` is the same as a `maxBatchSize` of 1.
   * @default true
   */
  batch?: boolean | undefined
  /**
   * Most keys in a batch: a number of at least 1. Unlike those of a `Batcher`, a full batch leaves
   * no earlier.
   * @default Infinity
   */
  maxBatchSize?: number | undefined
  /**
   * Called with each new batch, before its first key is in it; the batch leaves when it calls back.
   * @default at the end of the turn, after all promise jobs
   */
  batchScheduleFn?: ((callback: () => void) => void) | undefined
  /**
   * Whether a key that was loaded or primed is not loaded again; `false` is the same as a `cacheMap`
   * of `null`.
   * @default true
   */
  cache?: boolean | undefined
  /**
   * By what keys are told apart in the cache.
   * @default (key) => key
   */
  cacheKeyFn?: ((key: Key) => CacheKey) | undefined
  /**
   * Where promises are kept, or `null` for nowhere.
   * @default new Map()
   */
  cacheMap?: CacheMap<CacheKey, Promise<Value>> | null | undefined
  /**
   * For tools that watch loaders.
   * @default null
   */
  name?: string | null | undefined
}

// Read as DataLoader reads them, so that `null` or `false` for all options is refused in its words.

/** Of any types, and whatever else a program in JavaScript may give. */
// oxlint-disable-next-line typescript/no-explicit-any -- what is in them is only handed on
type Given = Options<any, any, any> | null | undefined

const cacheMethods = ['get', 'set', 'delete', 'clear'] as const
const itself = (key: unknown): unknown => key

export function maxBatchSizeOf(options: Given): number {
  if (options && options.batch === false) return 1
  const maxBatchSize = options && options.maxBatchSize
  if (maxBatchSize === undefined) return Infinity
  // NaN passes, as it does there: each key then has a batch of its own.
  if (typeof maxBatchSize !== 'number' || maxBatchSize < 1) {
    throw wrongArgument('maxBatchSize must be a positive number: ', maxBatchSize)
  }
  return maxBatchSize
}

export function batchScheduleFnOf(options: Given): (callback: () => void) => void {
  const schedule = options && options.batchScheduleFn
  if (schedule === undefined) return atEndOfTurn
  if (typeof schedule !== 'function') {
    throw wrongArgument('batchScheduleFn must be a function: ', schedule)
  }
  return schedule
}

export function cacheKeyFnOf(options: Given): (key: unknown) => unknown {
  const cacheKeyFn = options && options.cacheKeyFn
  if (cacheKeyFn === undefined) return itself
  if (typeof cacheKeyFn !== 'function') {
    throw wrongArgument('cacheKeyFn must be a function: ', cacheKeyFn)
  }
  return cacheKeyFn
}

export function cacheMapOf(options: Given): CacheMap<unknown, Promise<unknown>> | null {
  if (options && options.cache === false) return null
  const cacheMap = options && options.cacheMap
  if (cacheMap === undefined) return new Map()
  const missing = cacheMethods.filter((name) => cacheMap && typeof cacheMap[name] !== 'function')
  if (missing.length > 0) {
    throw wrongArgument('Custom cacheMap missing methods: ', missing.join(', '))
  }
  return cacheMap
}
