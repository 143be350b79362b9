import { isArrayLike } from './array-like.ts'
import { noArray, wrongLength } from './errors.ts'

/** Keys that are loaded together. */
export interface Batch {
  hasDispatched: boolean
  readonly keys: unknown[]
  /** One for each key. */
  readonly callbacks: { resolve(value: unknown): void; reject(reason: unknown): void }[]
  /** Of loads that met the cache, each followed by the promise that was there. */
  hits?: unknown[]
}

/** A promise that takes over the cached one when the batch is answered, so that all go on together. */
export function addHit(batch: Batch, cached: unknown): Promise<unknown> {
  const hits = (batch.hits ??= [])
  return new Promise((resolve) => {
    hits.push(resolve, cached)
  })
}

/** Settles all loads of a batch; throws if the values are not those of its keys. */
export function deliver(batch: Batch, values: unknown): void {
  if (!isArrayLike(values)) throw noArray(values)
  if (values.length !== batch.keys.length) throw wrongLength(batch.keys, values)
  resolveHits(batch)
  const { callbacks } = batch
  for (let index = 0; index < callbacks.length; index++) {
    const value = values[index]
    if (value instanceof Error) callbacks[index]?.reject(value)
    else callbacks[index]?.resolve(value)
  }
}

/** What failed as a whole is not cached. */
export function fail(loader: { clear(key: unknown): unknown }, batch: Batch, error: unknown): void {
  resolveHits(batch)
  for (let index = 0; index < batch.keys.length; index++) {
    loader.clear(batch.keys[index])
    batch.callbacks[index]?.reject(error)
  }
}

export function resolveHits({ hits }: Batch): void {
  if (hits === undefined) return
  for (let index = 0; index < hits.length; index += 2) {
    ;(hits[index] as (value: unknown) => void)(hits[index + 1])
  }
}
