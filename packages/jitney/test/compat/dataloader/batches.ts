import { deferred } from 'jitney/testing'

import type { Answer, Key } from './program.ts'
import type { Loader } from './run-program.ts'

const numberOf = (key: Key): number =>
  typeof key === 'object' ? key.id : typeof key === 'string' ? key.length : key

export const valueOf = (key: Key): number => numberOf(key) * 10 + 1

/** What a batch function returns, or throws; what comes later is done by the functions in `later`. */
export function answerTo(
  answer: Answer,
  keys: readonly Key[],
  loader: Loader,
  later: (() => void)[],
): unknown {
  const values = keys.map(valueOf)
  switch (answer) {
    case 'values':
      return Promise.resolve(values)
    case 'an error for odd keys':
      return Promise.resolve(
        keys.map((key) =>
          numberOf(key) % 2 === 0 ? valueOf(key) : new RangeError(`no ${text(key)}`),
        ),
      )
    case 'promises as values':
      return Promise.resolve(
        values.map((value, index) =>
          index % 2 === 0 ? Promise.resolve(value) : rejected(new Error(`late ${value}`)),
        ),
      )
    case 'an array-like':
      return Promise.resolve(Object.assign({ length: values.length }, values))
    case 'a thenable':
      // oxlint-disable-next-line unicorn/no-thenable -- the subject
      return { then: (...handlers: [() => void]) => Promise.resolve(values).then(...handlers) }
    case 'later': {
      const { promise, resolve } = deferred<unknown>()
      later.push(() => resolve(values))
      return promise
    }
    case 'a rejection':
      return Promise.reject(new Error('the database is gone'))
    case 'a rejection later': {
      const { promise, reject } = deferred<unknown>()
      later.push(() => reject(new Error('the database went')))
      return promise
    }
    case 'a throw':
      throw new RangeError('no table')
    case 'a throw of undefined':
      // oxlint-disable-next-line typescript/only-throw-error -- the subject
      throw undefined
    case 'no promise':
      return values
    case 'nothing':
      return undefined
    case 'no array':
      return Promise.resolve({ values })
    case 'a text':
      return Promise.resolve('x'.repeat(keys.length))
    case 'too few':
      return Promise.resolve(values.slice(1))
    case 'too many':
      return Promise.resolve([...values, null])
    case 'a hole at the end': {
      const sparse = values.slice(0, -1)
      sparse.length = values.length
      return Promise.resolve(sparse)
    }
    case 'values, after loads of its own':
      return (async () => {
        if (keys.every((key) => numberOf(key) < 9)) {
          await loader.loadMany([numberOf(keys[0] as Key) + 9, 12]).catch(() => undefined)
        }
        return values
      })()
    case 'values, after clearing all':
      loader.clearAll()
      return Promise.resolve(values)
    case 'values, after priming the next key':
      loader.prime((numberOf(keys[0] as Key) % 5) + 1, -1)
      return Promise.resolve(values)
  }
}

export function text(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`
  return typeof value === 'number' ? String(value) : JSON.stringify(value)
}

/** Nobody may come to adopt it: a batch of too few values fails. */
function rejected(reason: Error): Promise<unknown> {
  const promise = Promise.reject(reason)
  promise.catch(() => undefined)
  return promise
}
