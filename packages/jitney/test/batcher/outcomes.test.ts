import { runInNewContext } from 'node:vm'
import { Batcher, BatchError, outcome } from 'jitney'
import { manualBatches, settle } from 'jitney/testing'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { range } from '../support/departures.ts'
import { processEach, reasonOf } from '../support/observe.ts'
import { returning, revoked } from '../support/outcomes.ts'

describe('outcomes of single items', () => {
  it('are values, of any kind, each for its own caller', async () => {
    const object = { a: 1 }
    const call = (): void => undefined
    const values = [
      0,
      '',
      false,
      null,
      undefined,
      Number.NaN,
      -0,
      1n,
      Symbol.iterator,
      object,
      call,
    ]
    const results = await returning(values).processAll(range(values.length))
    expect(results).toEqual(values)
    expect(Object.is(results[6], -0)).toBe(true)
    expect(results[9]).toBe(object)
    expect(results[10]).toBe(call)
  })

  it('reject only their own caller, with that very object, when they are Errors', async () => {
    const bad = Object.freeze(new RangeError('bad'))
    const callers = processEach(returning([1, bad, 3]), range(3))
    await settle()
    expect(callers.map((caller) => caller.value)).toEqual([1, undefined, 3])
    expect(callers[1]?.reason).toBe(bad)
  })

  it('are Errors of any class, but not look-alikes and not those of another realm', async () => {
    class Odd extends Error {
      readonly odd = true
    }
    const foreign: unknown = runInNewContext("new Error('elsewhere')")
    const lookAlike = { name: 'Error', message: 'no', stack: '' }
    const odd = new Odd('odd')
    const aborted = new DOMException('gone', 'AbortError')
    const callers = processEach(returning([odd, aborted, foreign, lookAlike]), range(4))
    await settle()
    expect(callers.map((caller) => caller.reason ?? caller.value)).toEqual([
      odd,
      aborted,
      foreign,
      lookAlike,
    ])
    expect(callers.map((caller) => caller.status)).toEqual([
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
    ])
  })

  it('reject with whatever outcome.error() holds, falsy reasons included', async () => {
    const reasons = [0, '', false, null, undefined, 'text', { code: 7 }, new Error('bad')]
    const callers = processEach(returning(reasons.map((reason) => outcome.error(reason))), range(8))
    await settle()
    expect(callers.map((caller) => caller.status)).toEqual(Array(8).fill('rejected'))
    callers.forEach((caller, index) => {
      expect(caller.reason).toBe(reasons[index])
    })
  })

  it('are values inside outcome.value(), Errors and outcomes too', async () => {
    const error = new Error('a value')
    const inner = outcome.error('inner')
    const results = await returning([
      outcome.value(error),
      outcome.value(undefined),
      outcome.value(inner),
      outcome.value(0),
    ]).processAll(range(4))
    expect(results[0]).toBe(error)
    expect(results[1]).toBeUndefined()
    expect(results[2]).toBe(inner)
    expect(results[3]).toBe(0)
  })

  it('mix: each caller gets its own kind', async () => {
    const batcher = new Batcher((items: number[]) =>
      items.map((item) => {
        if (item % 3 === 0) return item * 10
        if (item % 3 === 1) return new Error(`bad ${item}`)
        return outcome.value(`value ${item}`)
      }),
    )
    expectTypeOf(batcher).toEqualTypeOf<Batcher<number, number | string>>()
    const settled = await batcher.processAllSettled(range(6))
    expect(
      settled.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason))),
    ).toEqual([0, 'Error: bad 1', 'value 2', 30, 'Error: bad 4', 'value 5'])
    expect(batcher.stats()).toMatchObject({ fulfilled: 4, rejected: 2, batches: 1, items: 6 })
  })

  it('carry items that are falsy, promises or functions to the batch function as they are', async () => {
    const batches = manualBatches<unknown, unknown>()
    const batcher = new Batcher(batches.batchFunction)
    const never = new Promise(() => {})
    const items = [0, '', false, null, undefined, Number.NaN, never, () => 1]
    for (const item of items) void batcher.process(item)
    await settle()
    expect(batches.items).toHaveLength(1)
    expect(batches.items[0]).toHaveLength(8)
    batches.items[0]?.forEach((item, index) => {
      expect(item).toBe(items[index])
    })
  })
})

describe('lists of outcomes', () => {
  it.each<[string, ArrayLike<unknown> & object]>([
    ['a Float64Array', new Float64Array([1.5, 2.5])],
    ['an Int8Array', new Int8Array([-1, 1])],
    ['a BigInt64Array', new BigInt64Array([1n, 2n])],
    ['a Buffer', Buffer.from([7, 8])],
    ['an array of another realm', runInNewContext('[1, 2]') as unknown[]],
    ['a subclass of Array', new (class Rows extends Array<number> {})(4, 5)],
    ['a frozen array', Object.freeze([4, 5])],
    ['a proxy of an array', new Proxy([4, 5], {})],
  ])('may be %s', async (_, list) => {
    expect(await returning(list).processAll([0, 1])).toEqual([list[0], list[1]])
    expect(await returning(Promise.resolve(list)).processAll([0, 1])).toEqual([list[0], list[1]])
  })

  it('infer the element of a typed array', async () => {
    const batcher = new Batcher((items: number[]) => Float32Array.from(items))
    expectTypeOf(batcher).toEqualTypeOf<Batcher<number, number>>()
    expect(await batcher.process(0.5)).toBe(0.5)
  })

  it('give undefined for a hole', async () => {
    const sparse: unknown[] = [1]
    sparse[2] = 3
    expect(await returning(sparse).processAll(range(3))).toEqual([1, undefined, 3])
  })

  it('may be the very array that was given, in which items were replaced', async () => {
    const batcher = new Batcher((items: number[]) => {
      items.forEach((item, index) => {
        items[index] = item * 2
      })
      return items
    })
    expect(await batcher.processAll([1, 2, 3])).toEqual([2, 4, 6])
  })

  it('are matched with the callers even if the batch function empties what it was given', async () => {
    const batcher = new Batcher((items: number[]) => items.splice(0).map((item) => item * 2))
    expect(await batcher.processAll([1, 2, 3])).toEqual([2, 4, 6])
  })

  it.each([
    ['returned', undefined],
    ['resolved', Promise.resolve(undefined)],
  ])('are not needed: undefined alone, %s, is undefined for every caller', async (_, returned) => {
    const callers = processEach(returning(returned), range(3))
    await settle()
    expect(callers).toEqual(range(3).map(() => ({ status: 'fulfilled', value: undefined })))
  })

  it('of a void batch function give undefined by type as well', async () => {
    const batcher = new Batcher(async (items: string[]) => {
      await Promise.resolve(items)
    })
    expectTypeOf(batcher).toEqualTypeOf<Batcher<string, undefined>>()
    expect(await batcher.process('a')).toBeUndefined()
  })

  it.each<[string, unknown, RegExp]>([
    ['too short', [1, 2], /must be an array of 3.* received Array of 2$/],
    ['too long', [1, 2, 3, 4], /must be an array of 3.* received Array of 4$/],
    ['empty', [], /must be an array of 3.* received Array of 0$/],
    ['a short typed array', new Uint8Array(2), /must be an array of 3.* received Uint8Array of 2$/],
    ['null', null, /must be an array of 3.* received null$/],
    ['a number', 3, /received 3$/],
    ['a boolean', true, /received true$/],
    ['a string as long as the batch', 'abc', /received "abc"$/],
    ['an object', { 0: 1, 1: 2, 2: 3 }, /received Object$/],
    ['an array-like', { length: 3, 0: 1, 1: 2, 2: 3 }, /received Object of 3$/],
    ['a Map', new Map([[0, 1]]), /received Map$/],
    ['a Set', new Set([0, 1, 2]), /received Set$/],
    ['a generator', (function* () {})(), /received (Object|.*[Gg]enerator)$/],
    ['a function', () => [1, 2, 3], /received Function of 0$/],
    ['a symbol', Symbol('s'), /received Symbol\(s\)$/],
    ['a DataView', new DataView(new ArrayBuffer(3)), /received DataView$/],
    ['an ArrayBuffer', new ArrayBuffer(3), /received ArrayBuffer$/],
    ['an Error', new Error('returned, not thrown'), /received Error: returned, not thrown$/],
    ['an outcome', outcome.error('for all?'), /received Object$/],
    ['an object without a prototype', Object.create(null), /received Object$/],
  ])('of a wrong shape (%s) reject every caller and say so', async (_, returned, message) => {
    for (const given of [returned, Promise.resolve(returned)]) {
      const batcher = returning(given)
      const callers = processEach(batcher, range(3))
      await settle()
      expect(callers.map((caller) => caller.status)).toEqual(Array(3).fill('rejected'))
      for (const { reason } of callers) {
        expect(reason).toBeInstanceOf(BatchError)
        const { cause } = reason as BatchError
        expect(cause).toBeInstanceOf(TypeError)
        expect(cause).toMatchObject({ code: 'JITNEY_WRONG_RESULT' })
        expect((cause as Error).message).toMatch(/^Cannot take results: 'results' must be an array/)
        expect((cause as Error).message).toMatch(message)
        expect((reason as Error).message).toContain((cause as Error).message)
      }
      expect(batcher.activeCount).toBe(0)
    }
  })

  it('of a wrong length never give a single value away', async () => {
    const callers = processEach(returning([1, 2, 3, 4]), range(3))
    await settle()
    expect(callers.every((caller) => caller.status === 'rejected')).toBe(true)
  })

  it('that throw when one is read reject its caller alone', async () => {
    const list = new Proxy([1, 2, 3], {
      get(target, key, receiver) {
        if (key === '1') throw new Error('not readable')
        return Reflect.get(target, key, receiver) as unknown
      },
    })
    const batcher = returning(list)
    const callers = processEach(batcher, range(3))
    await settle()
    expect(callers.map((caller) => caller.value)).toEqual([1, undefined, 3])
    expect(callers[1]?.reason).toMatchObject({ message: 'not readable' })
    expect(batcher.activeCount).toBe(0)
  })

  it('that cannot be looked at reject all, and give the slot back', async () => {
    for (const returned of [
      revoked(),
      new Proxy([], {
        get: () => {
          throw new Error('no')
        },
      }),
    ]) {
      const batcher = returning(returned)
      const callers = processEach(batcher, range(2))
      await settle()
      expect(callers.map((caller) => caller.status)).toEqual(['rejected', 'rejected'])
      expect(callers[0]?.reason).toBeInstanceOf(BatchError)
      expect(batcher.activeCount).toBe(0)
    }
  })
})

describe('one Error object for several items', () => {
  const shared = new Error('not found')
  it.each<[string, () => unknown[]]>([
    ['returned', () => [shared, 'fine', shared, shared]],
    [
      'inside outcome.error()',
      () => [outcome.error(shared), 'fine', outcome.error(shared), shared],
    ],
    [
      'that promises reject with',
      () => [Promise.reject(shared), 'fine', Promise.reject(shared), Promise.resolve(shared)],
    ],
  ])('(%s) reaches no two callers as the same object', async (_, make) => {
    const callers = processEach(returning(make()), range(4))
    await settle()
    expect(callers[1]).toEqual({ status: 'fulfilled', value: 'fine' })
    const failed = callers.filter((caller) => caller.status === 'rejected')
    expect(failed).toHaveLength(3)
    expect(new Set(failed.map((caller) => caller.reason)).size).toBe(3)
    for (const { reason } of failed) {
      expect(reason === shared || (reason as BatchError).cause === shared).toBe(true)
    }
  })

  it('reaches the first as it is, and is wrapped for each other', async () => {
    const [first, ...others] = processEach(returning([shared, shared, shared]), range(3))
    await settle()
    expect(first?.reason).toBe(shared)
    for (const { reason } of others) {
      expect(reason).toBeInstanceOf(BatchError)
      expect((reason as BatchError).cause).toBe(shared)
    }
  })

  it('reaches a caller as it is when nobody else in the batch has it', async () => {
    const batcher = returning([shared])
    expect(await reasonOf(batcher.process(1))).toBe(shared)
    expect(await reasonOf(batcher.process(2))).toBe(shared)
  })
})
