import { wrongResult } from '../platform/errors.ts'
import { contentOfError } from './outcome.ts'

/**
 * Checks what a batch function returned for `count` items: a list with one outcome each, or
 * `undefined` for all of them.
 *
 * @throws TypeError that says what was expected and what came.
 */
export function readResults(returned: unknown, count: number): ArrayLike<unknown> | undefined {
  if (returned === undefined) return undefined
  const expected = `an array of ${count}, one outcome per item, or undefined`
  if (!isList(returned)) throw wrongResult(expected, returned)
  if (returned.length !== count) throw wrongResult(expected, returned)
  return returned
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
}

/**
 * A promise of our own for whatever this is: what its `then` or `constructor` do is caught, as
 * `Promise.resolve` would not.
 */
export function follow(value: unknown): Promise<unknown> {
  return new Promise((resolve) => {
    resolve(value)
  })
}

/** Whether `await` would wait for this. Throws what a hostile `then` getter throws. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as Partial<PromiseLike<unknown>>).then === 'function'
  )
}

/** The promises in whatever a batch function returned; never throws. */
export function promisesIn(returned: unknown): unknown[] {
  const promises: unknown[] = []
  const length = lengthOf(returned)
  for (let index = 0; index < length; index += 1) {
    try {
      const result = (returned as ArrayLike<unknown>)[index]
      if (isThenable(result)) promises.push(result)
    } catch {
      // It cannot be read; those behind it can.
    }
  }
  return promises
}

function lengthOf(returned: unknown): number {
  try {
    return isList(returned) ? returned.length : 0
  } catch {
    return 0
  }
}

/** The errors that stand for more than one item: each of their callers needs an object of its own. */
export function sharedErrors(results: ArrayLike<unknown> | undefined): WeakSet<Error> {
  const seen = new Set<Error>()
  const shared = new WeakSet<Error>()
  for (let index = 0; index < (results?.length ?? 0); index += 1) {
    const error = errorIn(results?.[index])
    if (error === undefined) continue
    if (seen.has(error)) shared.add(error)
    seen.add(error)
  }
  return shared
}

/** Whether this is an `Error`; never throws. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error
  } catch {
    return false
  }
}

function errorIn(result: unknown): Error | undefined {
  if (isError(result)) return result
  const content = contentOfError(result)
  return isError(content) ? content : undefined
}
