/* oxlint-disable no-underscore-dangle -- the names that DataLoader's fields have, for tools that look inside */
import { isArrayLike } from './array-like.ts'
import { addHit, type Batch, deliver, fail, resolveHits } from './batch.ts'
import { noBatchFunction, noPromise, threw, wrongArgument } from './errors.ts'
import {
  batchScheduleFnOf,
  type BatchLoadFn,
  type CacheMap,
  cacheKeyFnOf,
  cacheMapOf,
  maxBatchSizeOf,
  type Options,
} from './options.ts'

/**
 * A loader with the fields that its type does not show. They are not `#private`, as a proxy of a
 * loader would not have them, and not declared in the class: so it is no other type than the one
 * of the package `dataloader`, and each can be handed over as the other.
 */
interface Inside {
  _batchLoadFn(keys: readonly unknown[]): unknown
  _maxBatchSize: number
  _batchScheduleFn(callback: () => void): void
  _cacheKeyFn(key: unknown): unknown
  _cacheMap: CacheMap<unknown, Promise<unknown>> | null
  _batch: Batch | null
  clear(key: unknown): unknown
}

const inside = (loader: object): Inside => loader as Inside
const asResult = (error: Error): Error => error

/**
 * The class of the package `dataloader`, version 2, for programs that move from it: same options,
 * methods, batches, cache, order and error texts. New code has more from a `Batcher`.
 *
 * - Loads of one turn share a batch, which leaves after all promise jobs of that turn; full ones
 *   leave then too.
 * - Each key is loaded once, until it is cleared: a load of a key that is there gets the same value
 *   or error, when the batch of its turn is answered.
 * - A batch function that throws, rejects or returns what does not fit rejects its loads with one
 *   error, and their keys are forgotten.
 *
 * @example
 * ```ts
 * import DataLoader from 'jitney/dataloader'
 *
 * const batches: (readonly number[])[] = []
 * const squares = new DataLoader<number, number>(async (numbers) => {
 *   batches.push(numbers)
 *   return numbers.map((number) => number * number)
 * })
 * await Promise.all([squares.load(2), squares.load(3), squares.load(2)]) // => [4, 9, 4]
 * batches // => [[2, 3]]
 * ```
 */
export class DataLoader<Key, Value, CacheKey = Key> {
  /** What the options say, or `null`. For tools that watch loaders. */
  name: string | null

  /**
   * @param batchLoadFn gets the keys of a batch, and resolves to as many values or errors.
   * @throws TypeError if it is no function, or an option is not what it should be.
   */
  constructor(batchLoadFn: BatchLoadFn<Key, Value>, options?: Options<Key, Value, CacheKey>) {
    if (typeof batchLoadFn !== 'function') throw noBatchFunction(batchLoadFn)
    const loader = inside(this)
    loader._batchLoadFn = batchLoadFn
    loader._maxBatchSize = maxBatchSizeOf(options)
    loader._batchScheduleFn = batchScheduleFnOf(options)
    loader._cacheKeyFn = cacheKeyFnOf(options)
    loader._cacheMap = cacheMapOf(options)
    loader._batch = null
    this.name = options?.name || null
  }

  /**
   * Resolves to the value of a key, when its batch is answered.
   *
   * Rejects with the error that the batch function gave for the key, or with what its batch failed
   * with.
   * @throws TypeError at once, if the key is `null` or `undefined`.
   */
  load(key: Key): Promise<Value> {
    if (key === null || key === undefined) {
      const text = 'The loader.load() function must be called with a value, but got: '
      throw wrongArgument(text, String(key), '.')
    }
    const loader = inside(this)
    // First, also for a key that is cached: that load too waits for the batch of its turn.
    const batch = currentBatch(loader)
    const cacheMap = loader._cacheMap
    let cacheKey: unknown
    if (cacheMap) {
      cacheKey = loader._cacheKeyFn(key)
      const cached = cacheMap.get(cacheKey)
      if (cached) return addHit(batch, cached) as Promise<Value>
    }
    batch.keys.push(key)
    const promise = promiseIn(batch.callbacks)
    if (cacheMap) cacheMap.set(cacheKey, promise)
    return promise as Promise<Value>
  }

  /**
   * Resolves to the values of several keys, each a value or the error that it was rejected with;
   * never rejects.
   *
   * @param keys a list, or what has a length and places.
   * @throws TypeError at once, if it is no list, or a key is `null` or `undefined`.
   */
  loadMany(keys: ArrayLike<Key>): Promise<(Value | Error)[]> {
    if (!isArrayLike(keys)) {
      const text = 'The loader.loadMany() function must be called with Array<key> but got: '
      throw wrongArgument(text, keys, '.')
    }
    const loads = []
    for (let index = 0; index < keys.length; index++) {
      loads.push(this.load(keys[index] as Key).catch(asResult))
    }
    return Promise.all(loads)
  }

  /** Forgets a key: the next load asks the batch function. Returns the loader. */
  clear(key: Key): this {
    const loader = inside(this)
    const cacheMap = loader._cacheMap
    if (cacheMap) cacheMap.delete(loader._cacheKeyFn(key))
    return this
  }

  /** Forgets all keys. Returns the loader. */
  clearAll(): this {
    const cacheMap = inside(this)._cacheMap
    if (cacheMap) cacheMap.clear()
    return this
  }

  /**
   * Remembers a value for a key, or an error that its loads are rejected with; changes nothing if
   * there is one already (`clear` it first). Returns the loader.
   */
  prime(key: Key, value: Value | PromiseLike<Value> | Error): this {
    const loader = inside(this)
    const cacheMap = loader._cacheMap
    if (!cacheMap) return this
    const cacheKey = loader._cacheKeyFn(key)
    if (cacheMap.get(cacheKey) === undefined) cacheMap.set(cacheKey, settledWith(value))
    return this
  }
}

// Where programs look for the types that the package `dataloader` declares.
export declare namespace DataLoader {
  export type { BatchLoadFn, CacheMap, Options }
}

/** The batch that still takes keys, or a new one that is given to the scheduler. */
function currentBatch(loader: Inside): Batch {
  const latest = loader._batch
  if (latest !== null && !latest.hasDispatched && latest.keys.length < loader._maxBatchSize) {
    return latest
  }
  const batch: Batch = { hasDispatched: false, keys: [], callbacks: [] }
  loader._batch = batch
  schedule(loader, batch)
  return batch
}

// What the closures of these two close over are parameters: a `const` of `load` or `currentBatch` is
// made ready for a closure, and checked in it, by every load, which was a tenth of its cost.

function schedule(loader: Inside, batch: Batch): void {
  loader._batchScheduleFn(() => dispatch(loader, batch))
}

function promiseIn(callbacks: Batch['callbacks']): Promise<unknown> {
  return new Promise((resolve, reject) => {
    callbacks.push({ resolve, reject })
  })
}

function dispatch(loader: Inside, batch: Batch): void {
  batch.hasDispatched = true
  if (batch.keys.length === 0) return resolveHits(batch)
  let answer: unknown
  try {
    answer = loader._batchLoadFn(batch.keys)
  } catch (error) {
    return fail(loader, batch, threw(error))
  }
  if (!isThenable(answer)) return fail(loader, batch, noPromise(answer))
  // In two steps, so that what `deliver` throws fails the batch too, and in the same job as there.
  void answer
    .then((values) => deliver(batch, values))
    .then(undefined, (error) => fail(loader, batch, error))
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return Boolean(value) && typeof (value as PromiseLike<unknown>).then === 'function'
}

/** An error that nobody may ever load is no unhandled rejection. */
function settledWith(value: unknown): Promise<unknown> {
  if (!(value instanceof Error)) return Promise.resolve(value)
  const rejected = Promise.reject(value)
  rejected.catch(() => undefined)
  return rejected
}
