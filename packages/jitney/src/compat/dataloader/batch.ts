import { isArrayLike } from './array-like.ts'
import { noArray, wrongLength } from './errors.ts'

/** Keys that are loaded together. Three arrays in step, not one of records: it costs less per key. */
export interface Batch {
  hasDispatched: boolean
  readonly keys: unknown[]
  readonly resolves: ((value: unknown) => void)[]
  readonly rejects: ((reason: unknown) => void)[]
  /** Of loads that met the cache, each followed by the promise that was there. */
  hits: unknown[] | undefined
}

let resolveOfLatest: (value: unknown) => void
let rejectOfLatest: (reason: unknown) => void

/** One function for all promises: a closure for each would be a third of what a load allocates. */
function take(resolve: (value: unknown) => void, reject: (reason: unknown) => void): void {
  resolveOfLatest = resolve
  rejectOfLatest = reject
}

export function createBatch(): Batch {
  return { hasDispatched: false, keys: [], resolves: [], rejects: [], hits: undefined }
}

export function addKey(batch: Batch, key: unknown): Promise<unknown> {
  batch.keys.push(key)
  const promise = new Promise(take)
  batch.resolves.push(resolveOfLatest)
  batch.rejects.push(rejectOfLatest)
  return promise
}

/** A promise that takes over the cached one when the batch is answered, so that all go on together. */
export function addHit(batch: Batch, cached: unknown): Promise<unknown> {
  const promise = new Promise(take)
  ;(batch.hits ??= []).push(resolveOfLatest, cached)
  return promise
}

/** Settles all loads of a batch; throws if the values are not those of its keys. */
export function deliver(batch: Batch, values: unknown): void {
  if (!isArrayLike(values)) throw noArray(values)
  if (values.length !== batch.keys.length) throw wrongLength(batch.keys, values)
  resolveHits(batch)
  const { resolves, rejects } = batch
  for (let index = 0; index < resolves.length; index++) {
    const value = values[index]
    if (value instanceof Error) rejects[index]?.(value)
    else resolves[index]?.(value)
  }
}

/** What failed as a whole is not cached. */
export function fail(loader: { clear(key: unknown): unknown }, batch: Batch, error: unknown): void {
  resolveHits(batch)
  for (let index = 0; index < batch.keys.length; index++) {
    loader.clear(batch.keys[index])
    batch.rejects[index]?.(error)
  }
}

export function resolveHits({ hits }: Batch): void {
  if (hits === undefined) return
  for (let index = 0; index < hits.length; index += 2) {
    ;(hits[index] as (value: unknown) => void)(hits[index + 1])
  }
}
