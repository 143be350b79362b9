import { Batcher, type BatcherOptions } from 'jitney'
import { describe, expect, it } from 'vitest'
import { reasonOf } from '../support/observe.ts'

type Kind = 'shape' | 'range'
type Wrong = [value: unknown, kind: Kind, received: string]

const same = (items: number[]): number[] => items

const notNumbers: Wrong[] = [
  ['3', 'shape', '"3"'],
  [true, 'shape', 'true'],
  [null, 'shape', 'null'],
  [3n, 'shape', '3n'],
  [{}, 'shape', 'Object'],
  [[3], 'shape', 'Array of 1'],
  [() => 3, 'shape', 'Function of 0'],
  [Object(3), 'shape', 'Number'],
  [new Date(3), 'shape', 'Date'],
]

const notCounts: Wrong[] = [
  [undefined, 'shape', 'undefined'],
  ...notNumbers,
  [0, 'range', '0'],
  [-0, 'range', '0'],
  [-1, 'range', '-1'],
  [1.5, 'range', '1.5'],
  [Number.NaN, 'range', 'NaN'],
  [-Infinity, 'range', '-Infinity'],
  [2 ** 53, 'range', '9007199254740992'],
]

const notDurations: Wrong[] = [
  ...notNumbers,
  [-1, 'range', '-1'],
  [-0.5, 'range', '-0.5'],
  [Number.NaN, 'range', 'NaN'],
  [-Infinity, 'range', '-Infinity'],
]

const notFunctions: Wrong[] = [
  [null, 'shape', 'null'],
  [true, 'shape', 'true'],
  ['id', 'shape', '"id"'],
  [{}, 'shape', 'Object'],
  [new Error('down'), 'shape', 'Error: down'],
  [Symbol('id'), 'shape', 'Symbol(id)'],
]

function failureOf(options: unknown): unknown {
  try {
    return new Batcher(same, options as BatcherOptions<number>)
  } catch (error) {
    return error
  }
}

/** The message begins with `begin`: what else may be allowed stands behind it. */
function expectRefusal(error: unknown, kind: Kind, begin: string, received: string): void {
  expect(error).toBeInstanceOf(kind === 'shape' ? TypeError : RangeError)
  expect(error).toMatchObject({
    code: kind === 'shape' ? 'JITNEY_WRONG_TYPE' : 'JITNEY_OUT_OF_RANGE',
  })
  const { message } = error as Error
  expect(message.slice(0, begin.length)).toBe(begin)
  expect(message.endsWith(`, received ${received}`)).toBe(true)
}

describe('the option retry', () => {
  it.each<[unknown, string]>([
    [null, 'null'],
    [3, '3'],
    ['3', '"3"'],
    [true, 'true'],
    [[3], 'Array of 1'],
    [() => 3, 'Function of 0'],
    [new Map([['attempts', 3]]), 'Map'],
  ])('is refused when it is no object (%s)', (retry, received) => {
    const begin = "Cannot create Batcher: 'retry' must be an object"
    expectRefusal(failureOf({ retry }), 'shape', begin, received)
  })

  it.each(['atempts', 'delay', 'maxRetries', 'toString', 'jitter'])(
    'is refused with the unknown name %s, and lists those it knows',
    (name) => {
      const error = failureOf({ retry: { attempts: 3, [name]: 1 } })
      expect(error).toBeInstanceOf(TypeError)
      expect(error).toMatchObject({ code: 'JITNEY_UNKNOWN_OPTION' })
      const { message } = error as Error
      expect(message).toMatch(/^Cannot create Batcher: 'option' must be one of /)
      expect(message.endsWith(`, received "${name}"`)).toBe(true)
      for (const known of ['attempts', 'minDelay', 'maxDelay', 'when']) {
        expect(message).toContain(known)
      }
    },
  )

  it.each(notCounts)('is refused when `attempts` is %s', (attempts, kind, received) => {
    const begin = "Cannot create Batcher: 'retry.attempts' must be an integer of at least 1"
    expectRefusal(failureOf({ retry: { attempts } }), kind, begin, received)
  })

  it('is refused without `attempts`', () => {
    const begin = "Cannot create Batcher: 'retry.attempts' must be an integer of at least 1"
    expectRefusal(failureOf({ retry: {} }), 'shape', begin, 'undefined')
  })

  it.each(
    (['minDelay', 'maxDelay'] as const).flatMap((name) =>
      notDurations.map(([value, kind, received]) => ({ name, value, kind, received })),
    ),
  )('is refused when `$name` is $received', ({ name, value, kind, received }) => {
    const begin = `Cannot create Batcher: 'retry.${name}' must be milliseconds of at least 0`
    expectRefusal(failureOf({ retry: { attempts: 3, [name]: value } }), kind, begin, received)
  })

  it.each([...notFunctions, [1, 'shape', '1'] as Wrong])(
    'is refused when `when` is %s',
    (when, kind, received) => {
      const begin = "Cannot create Batcher: 'retry.when' must be a function"
      expectRefusal(failureOf({ retry: { attempts: 3, when } }), kind, begin, received)
    },
  )

  it.each([
    undefined,
    { attempts: 1 },
    { attempts: Infinity },
    { attempts: Number.MAX_SAFE_INTEGER },
    { attempts: 2, minDelay: 0, maxDelay: 0 },
    { attempts: 2, minDelay: 0.5, maxDelay: Number.MAX_VALUE },
    { attempts: 2, minDelay: undefined, maxDelay: undefined, when: undefined },
    { attempts: 2, when: () => false },
    Object.freeze({ attempts: 2 }),
    Object.assign(Object.create(null) as object, { attempts: 2 }),
  ])('may be %j', async (retry) => {
    const batcher = new Batcher(same, { retry: retry as BatcherOptions['retry'] })
    expect(await batcher.process(1)).toBe(1)
  })

  it('is read once: what is changed afterwards does not count', async () => {
    const retry = { attempts: 1 }
    let calls = 0
    const batcher = new Batcher<number, number>(
      () => {
        calls += 1
        throw new Error('down')
      },
      { retry },
    )
    retry.attempts = 5
    expect(await reasonOf(batcher.process(1))).toMatchObject({ name: 'BatchError' })
    expect(calls).toBe(1)
  })
})

describe('the option splitOnError', () => {
  it.each<[unknown, string]>([
    ['true', '"true"'],
    [1, '1'],
    [0, '0'],
    [null, 'null'],
    [{}, 'Object'],
    [() => true, 'Function of 0'],
  ])('is refused when it is %s', (splitOnError, received) => {
    const begin = "Cannot create Batcher: 'splitOnError' must be a boolean"
    expectRefusal(failureOf({ splitOnError }), 'shape', begin, received)
  })

  it.each([true, false, undefined])('may be %s', async (splitOnError) => {
    expect(await new Batcher(same, { splitOnError }).process(1)).toBe(1)
  })
})

describe('the option dedupeKey', () => {
  it.each([...notFunctions, [0, 'shape', '0'] as Wrong])(
    'is refused when it is %s',
    (dedupeKey, kind, received) => {
      const begin = "Cannot create Batcher: 'dedupeKey' must be a function"
      expectRefusal(failureOf({ dedupeKey }), kind, begin, received)
    },
  )

  it.each([undefined, (item: number) => item, String])('may be %s', async (dedupeKey) => {
    expect(await new Batcher(same, { dedupeKey }).process(1)).toBe(1)
  })
})

describe('an unknown option', () => {
  it('is refused with a list that has retry, splitOnError and dedupeKey', () => {
    const { message } = failureOf({ retries: 3 }) as Error
    for (const known of ['retry', 'splitOnError', 'dedupeKey']) expect(message).toContain(known)
  })
})
