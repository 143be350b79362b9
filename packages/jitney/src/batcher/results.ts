import { refuse } from '../platform/errors.ts'

/**
 * Checks what a batch function returned for `count` items: a list with one outcome each, or
 * `undefined` for all of them.
 *
 * @throws TypeError that says what was expected and what came.
 */
export function readResults(returned: unknown, count: number): ArrayLike<unknown> | undefined {
  if (returned === undefined) return undefined
  if (isList(returned) && returned.length === count) return returned
  refuse(
    'WRONG_RESULT',
    'take results',
    'results',
    `an array of ${count}, one outcome per item, or undefined`,
    returned,
  )
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

/** Whether this is an `Error`; never throws. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error
  } catch {
    return false
  }
}
