import { runInNewContext } from 'node:vm'
import { Batcher, BatchError, outcome } from 'jitney'
import { deferred, ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, reasonOf } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'

/** A batcher whose batch function returns `returned` whatever it is given. */
function returning(returned: unknown) {
  return new Batcher<number, unknown>(() => returned as never)
}

function processEach(batcher: Batcher<number, unknown>, count: number) {
  return range(count).map((item) => observe(batcher.process(item)))
}

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

describe('outcomes of single items', () => {
  it('are values, of any kind, each for its own caller', async () => {
    const object = { a: 1 }
    const call = (): void => undefined
    const values = [0, '', false, null, undefined, Number.NaN, -0, 1n, Symbol.iterator, object, call]
    const results = await returning(values).processAll(range(values.length))
    expect(results).toEqual(values)
    expect(Object.is(results[6], -0)).toBe(true)
    expect(results[9]).toBe(object)
    expect(results[10]).toBe(call)
  })

  it('reject only their own caller, with that very object, when they are Errors', async () => {
    const bad = Object.freeze(new RangeError('bad'))
    const callers = processEach(returning([1, bad, 3]), 3)
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
    const callers = processEach(returning([odd, aborted, foreign, lookAlike]), 4)
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
    const callers = processEach(returning(reasons.map((reason) => outcome.error(reason))), 8)
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
    expectTypeOf(batcher.process(0)).resolves.toEqualTypeOf<number | string>()
    const settled = await batcher.processAllSettled(range(6))
    expect(settled.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason)))).toEqual([
      0,
      'Error: bad 1',
      'value 2',
      30,
      'Error: bad 4',
      'value 5',
    ])
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
    expectTypeOf(batcher.process(0)).resolves.toEqualTypeOf<number>()
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
    const callers = processEach(returning(returned), 3)
    await settle()
    expect(callers).toEqual(Array(3).fill({ status: 'fulfilled', value: undefined }))
  })

  it('of a void batch function give undefined by type as well', async () => {
    const batcher = new Batcher(async (items: string[]) => {
      await Promise.resolve(items)
    })
    expectTypeOf(batcher.process('a')).resolves.toEqualTypeOf<undefined>()
    expect(await batcher.process('a')).toBeUndefined()
  })

  it.each<[string, unknown, RegExp]>([
    ['too short', [1, 2], /expected an array of 3.* received an array of 2$/],
    ['too long', [1, 2, 3, 4], /expected an array of 3.* received an array of 4$/],
    ['empty', [], /expected an array of 3.* received an array of 0$/],
    ['a short typed array', new Uint8Array(2), /expected an array of 3.* received a Uint8Array.* 2$/],
    ['null', null, /expected an array of 3.* received null$/],
    ['a number', 3, /received 3$/],
    ['a boolean', true, /received true$/],
    ['a string as long as the batch', 'abc', /received "abc"$/],
    ['an object', { 0: 1, 1: 2, 2: 3 }, /received an object$/],
    ['an array-like', { length: 3, 0: 1, 1: 2, 2: 3 }, /received an object$/],
    ['a Map', new Map([[0, 1]]), /received a Map$/],
    ['a Set', new Set([0, 1, 2]), /received a Set$/],
    ['a generator', (function* () {})(), /received an? .*[Gg]enerator|received an object$/],
    ['a function', () => [1, 2, 3], /received a function$/],
    ['a symbol', Symbol('s'), /received Symbol\(s\)$/],
    ['a DataView', new DataView(new ArrayBuffer(3)), /received a DataView$/],
    ['an ArrayBuffer', new ArrayBuffer(3), /received an ArrayBuffer$/],
    ['an Error', new Error('returned, not thrown'), /received an Error$/],
    ['an outcome', outcome.error('for all?'), /received an object$/],
    ['an object without a prototype', Object.create(null), /received an object$/],
  ])('of a wrong shape (%s) reject every caller and say so', async (_, returned, message) => {
    for (const given of [returned, Promise.resolve(returned)]) {
      const batcher = returning(given)
      const callers = processEach(batcher, 3)
      await settle()
      expect(callers.map((caller) => caller.status)).toEqual(Array(3).fill('rejected'))
      for (const { reason } of callers) {
        expect(reason).toBeInstanceOf(BatchError)
        const { cause } = reason as BatchError
        expect(cause).toBeInstanceOf(TypeError)
        expect(cause).toMatchObject({ code: 'JITNEY_WRONG_RESULT' })
        expect((cause as Error).message).toMatch(message)
        expect((reason as Error).message).toContain((cause as Error).message)
      }
      expect(batcher.activeCount).toBe(0)
    }
  })

  it('of a wrong length never give a single value away', async () => {
    const callers = processEach(returning([1, 2, 3, 4]), 3)
    await settle()
    expect(callers.every((caller) => caller.status === 'rejected')).toBe(true)
  })

  it('that throw when read reject those who have nothing yet', async () => {
    const list = new Proxy([1, 2, 3], {
      get(target, key, receiver) {
        if (key === '1') throw new Error('not readable')
        return Reflect.get(target, key, receiver) as unknown
      },
    })
    const batcher = returning(list)
    const callers = processEach(batcher, 3)
    await settle()
    expect(callers.map((caller) => caller.status)).not.toContain('pending')
    expect(callers[1]?.reason).toMatchObject({ name: 'BatchError', cause: { message: 'not readable' } })
    expect(batcher.activeCount).toBe(0)
  })

  it('that cannot be looked at reject all, and give the slot back', async () => {
    for (const returned of [revoked(), new Proxy([], { get: () => { throw new Error('no') } })]) {
      const batcher = returning(returned)
      const callers = processEach(batcher, 2)
      await settle()
      expect(callers.map((caller) => caller.status)).toEqual(['rejected', 'rejected'])
      expect(callers[0]?.reason).toBeInstanceOf(BatchError)
      expect(batcher.activeCount).toBe(0)
    }
  })
})

describe('outcomes that are promises', () => {
  it('are awaited, and hold up nobody else', async () => {
    const slow = deferred<string>()
    const batcher = returning(['now', slow.promise, Promise.resolve('soon')])
    const callers = processEach(batcher, 3)
    await settle()
    expect(callers.map((caller) => caller.value)).toEqual(['now', undefined, 'soon'])
    expect(callers[1]?.status).toBe('pending')
    slow.resolve('late')
    await settle()
    expect(callers[1]).toEqual({ status: 'fulfilled', value: 'late' })
  })

  it('hold the slot until the last of them is known', async () => {
    const outcomes = [deferred<number>(), deferred<number>()]
    let calls = 0
    const batcher = new Batcher(
      (items: number[]) => {
        calls += 1
        return items.map((item) => outcomes[item]?.promise ?? item)
      },
      { maxBatchSize: 2 },
    )
    for (const item of range(3)) void batcher.process(item)
    const idle = observe(batcher.onIdle())
    await settle()
    outcomes[1]?.resolve(1)
    await settle()
    expect([calls, batcher.activeCount, idle.status]).toEqual([1, 1, 'pending'])
    outcomes[0]?.resolve(0)
    await settle()
    expect([calls, batcher.activeCount, idle.status]).toEqual([2, 0, 'fulfilled'])
  })

  it('may be any thenable, and may resolve to any outcome', async () => {
    const bad = new Error('bad')
    const thenable = { then: (resolve: (value: unknown) => void) => { resolve('called back') } }
    const callers = processEach(
      returning([
        thenable,
        Promise.resolve(bad),
        Promise.resolve(outcome.error('no')),
        Promise.resolve(outcome.value(bad)),
        Promise.resolve(thenable),
        Object.assign(() => 1, thenable),
      ]),
      6,
    )
    await settle()
    expect(callers).toEqual([
      { status: 'fulfilled', value: 'called back' },
      { status: 'rejected', reason: bad },
      { status: 'rejected', reason: 'no' },
      { status: 'fulfilled', value: bad },
      { status: 'fulfilled', value: 'called back' },
      { status: 'fulfilled', value: 'called back' },
    ])
  })

  it('reject their own caller alone, with the very reason', async () => {
    const bad = new Error('bad')
    const callers = processEach(returning([1, Promise.reject(bad), Promise.reject(Object(0))]), 3)
    await settle()
    expect(callers[0]).toEqual({ status: 'fulfilled', value: 1 })
    expect(callers[1]?.reason).toBe(bad)
    expect(callers[2]?.status).toBe('rejected')
  })

  it('let their caller abort alone', async () => {
    const outcomes = [deferred<number>(), deferred<number>()]
    const controller = new AbortController()
    const batcher = new Batcher((items: number[], { signal }) => {
      signals.push(signal)
      return items.map((item) => (outcomes[item] as (typeof outcomes)[0]).promise)
    })
    const signals: AbortSignal[] = []
    const aborted = observe(batcher.process(0, { signal: controller.signal }))
    const stayed = observe(batcher.process(1))
    await settle()
    controller.abort('gone')
    await settle()
    expect([aborted.reason, stayed.status]).toEqual(['gone', 'pending'])
    expect(signals[0]?.aborted).toBe(false)
    outcomes[1]?.resolve(10)
    await settle()
    expect(stayed.value).toBe(10)
    expect(batcher.activeCount).toBe(1)
    outcomes[0]?.resolve(0)
    await settle()
    expect(batcher.activeCount).toBe(0)
  })

  it('count as running: the signal aborts when all who wait for them left', async () => {
    const signals: AbortSignal[] = []
    const controller = new AbortController()
    const never = new Promise<number>(() => {})
    const batcher = new Batcher((items: number[], { signal }) => {
      signals.push(signal)
      return items.map((item) => (item === 0 ? item : never))
    })
    const done = observe(batcher.process(0))
    const left = observe(batcher.process(1, { signal: controller.signal }))
    await settle()
    expect(done.status).toBe('fulfilled')
    expect(signals[0]?.aborted).toBe(false)
    controller.abort('gone')
    await settle()
    expect(left.reason).toBe('gone')
    expect(signals[0]?.aborted).toBe(true)
    expect(batcher.stats()).toMatchObject({ active: 1, abandoned: 1 })
  })

  it.each<[string, (promise: Promise<unknown>) => unknown]>([
    ['as they are', (promise) => promise],
    ['inside outcome.value()', (promise) => outcome.value(promise)],
  ])('that never settle are ended by the timeout, %s', async (_, wrap) => {
    const clock = new ManualClock()
    const never = deferred<unknown>()
    const batcher = new Batcher<number, unknown>(
      (items) => items.map((item) => (item === 0 ? item : wrap(never.promise))),
      { timeout: 50, clock },
    )
    const callers = range(2).map((item) => observe(batcher.process(item)))
    await clock.advance(49)
    expect(callers.map((caller) => caller.status)).toEqual(['fulfilled', 'pending'])
    await clock.advance(1)
    expect(callers[1]?.reason).toMatchObject({ name: 'BatchTimeoutError', started: true })
    expect(batcher.stats()).toMatchObject({ active: 1, abandoned: 1 })
    never.resolve(1)
    await settle()
    expect(batcher.stats()).toMatchObject({ active: 0, abandoned: 0, fulfilled: 1, rejected: 1 })
    expect(clock.timerCount).toBe(0)
  })

  it('inside outcome.value() leave their caller within reach of abort()', async () => {
    const batcher = returning([outcome.value(new Promise(() => {}))])
    const [caller] = processEach(batcher, 1)
    await settle()
    batcher.abort('over')
    await settle()
    expect(caller?.reason).toMatchObject({ name: 'BatchAbortedError', started: true, cause: 'over' })
  })

  it('inside outcome.value() give a value, even an Error', async () => {
    const error = new Error('a value')
    const batcher = returning([outcome.value(Promise.resolve(error))])
    expect(await batcher.process(0)).toBe(error)
  })

  it('hold the slot also when they come after everybody left', async () => {
    const batches = manualBatches<number, unknown>()
    const controller = new AbortController()
    const batcher = new Batcher<number, unknown>(batches.batchFunction)
    const left = observe(batcher.process(0, { signal: controller.signal }))
    await settle()
    void batcher.process(1)
    controller.abort('gone')
    const late = deferred<number>()
    batches.calls[0]?.resolve([late.promise])
    await settle()
    expect(left.reason).toBe('gone')
    expect(batches.calls).toHaveLength(1)
    late.resolve(0)
    await settle()
    expect(batches.calls).toHaveLength(2)
  })
})

describe('outcomes that misbehave', () => {
  const thrown = new Error('trap')
  const trap = (): never => {
    throw thrown
  }
  it.each<[string, () => unknown, unknown]>([
    ['a `then` getter that throws', () => Object.defineProperty({}, 'then', { get: trap }), thrown],
    ['a `then` that throws', () => ({ then: trap }), thrown],
    ['a proxy that throws on every access', () => new Proxy({}, { get: trap }), thrown],
    ['a proxy without a prototype to see', () => new Proxy({}, { getPrototypeOf: trap }), undefined],
    ['a revoked proxy', revoked, undefined],
    [
      'outcome content that throws',
      () => Object.defineProperty({ ...outcome.value(1) }, 'content', { get: trap }),
      thrown,
    ],
    [
      'a promise whose constructor throws',
      () => Object.defineProperty(Promise.resolve(1), 'constructor', { get: trap }),
      undefined,
    ],
  ])('(%s) reject only their own caller', async (_, make, reason) => {
    const batcher = returning([1, make(), 3])
    const callers = processEach(batcher, 3)
    await settle()
    expect(callers[0]).toEqual({ status: 'fulfilled', value: 1 })
    expect(callers[2]).toEqual({ status: 'fulfilled', value: 3 })
    expect(callers[1]?.status).toBe('rejected')
    if (reason !== undefined) expect(callers[1]?.reason).toBe(reason)
    else expect(callers[1]?.reason).toBeInstanceOf(Error)
    expect(batcher.activeCount).toBe(0)
  })

  it.each<[string, (ok: (value: unknown) => void, bad: (reason: unknown) => void) => void]>([
    ['calls back twice', (ok) => {
      ok('first')
      ok('second')
    }],
    ['throws after calling back', (ok) => {
      ok('first')
      throw new Error('after')
    }],
    ['rejects after calling back', (ok, bad) => {
      ok('first')
      bad(new Error('after'))
    }],
  ])('(a `then` that %s) count once', async (_, then) => {
    const own = Object.assign(Promise.resolve(0), { then })
    for (const make of [() => ({ then }), () => own]) {
      const batcher = returning([make(), 'other'])
      const callers = processEach(batcher, 2)
      await settle()
      expect(callers.map((caller) => caller.value)).toEqual(['first', 'other'])
      expect(batcher.activeCount).toBe(0)
      expect(await batcher.processAll([0, 1])).toEqual(['first', 'other'])
    }
  })

  it('(a promise of all results that calls back twice) settle each caller once', async () => {
    const twice = Object.assign(Promise.resolve([]), {
      then: (ok: (value: unknown) => void, bad: (reason: unknown) => void) => {
        ok([1, Promise.resolve(2)])
        ok([3, 4])
        bad(new Error('after'))
      },
    })
    const batcher = returning(twice)
    const callers = processEach(batcher, 2)
    await settle()
    expect(callers.map((caller) => caller.value)).toEqual([1, 2])
    expect(batcher.activeCount).toBe(0)
    expect(batcher.stats()).toMatchObject({ fulfilled: 2, rejected: 0 })
  })

  it('(a list that is revoked after it was returned) leave nobody behind', async () => {
    const late = [deferred<number>(), deferred<number>()]
    const { proxy, revoke } = Proxy.revocable(late.map((one) => one.promise), {})
    const batcher = returning(proxy)
    const callers = processEach(batcher, 2)
    await settle()
    revoke()
    const bad = new Error('late')
    late[0]?.reject(bad)
    late[1]?.resolve(2)
    await settle()
    expect(callers[0]?.reason).toBe(bad)
    expect(callers[1]?.value).toBe(2)
    expect(batcher.activeCount).toBe(0)
  })
})

describe('a batch function that fails', () => {
  const down = new Error('down')
  it.each<[string, () => unknown]>([
    ['throws', () => {
      throw down
    }],
    ['rejects', async () => {
      await Promise.reject(down)
    }],
    ['rejects by a thenable', () => ({
      then: (_: unknown, bad: (reason: unknown) => void) => {
        bad(down)
      },
    })],
    ['returns a thenable that throws', () => ({
      then: () => {
        throw down
      },
    })],
    ['returns what throws when it is asked for `then`', () =>
      Object.defineProperty({}, 'then', {
        get: () => {
          throw down
        },
      })],
  ])('and %s rejects each caller with a BatchError of its own', async (_, fail) => {
    const batcher = new Batcher<number, number>(fail as never, { maxBatchSize: 3 })
    const callers = processEach(batcher, 3)
    await settle()
    const reasons = callers.map((caller) => caller.reason as BatchError)
    expect(new Set(reasons).size).toBe(3)
    for (const reason of reasons) {
      expect(reason).toBeInstanceOf(BatchError)
      expect(reason).toBeInstanceOf(Error)
      expect(reason).toMatchObject({ name: 'BatchError', code: 'JITNEY_BATCH_FAILED' })
      expect(reason.message).toBe('Cannot process batch of 3: down')
      expect(reason.cause).toBe(down)
    }
    Object.assign(reasons[0] as object, { decorated: true, message: 'mine' })
    expect(reasons[1]).not.toHaveProperty('decorated')
    expect(reasons[1]?.message).toBe('Cannot process batch of 3: down')

    expect(batcher.activeCount).toBe(0)
    expect(await reasonOf(batcher.process(9))).toMatchObject({
      message: 'Cannot process batch of 1: down',
      cause: down,
    })
  })

  it('is served by its next call as if nothing had been', async () => {
    let calls = 0
    const batcher = new Batcher(
      (items: number[]) => {
        calls += 1
        if (calls === 1) throw down
        return items
      },
      { maxBatchSize: 1 },
    )
    const callers = processEach(batcher, 3)
    await settle()
    expect(callers.map((caller) => caller.status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  })

  it('gives a lone item a BatchError too', async () => {
    const reason = await reasonOf(
      new Batcher(() => {
        throw down
      }).process(1),
    )
    expect(reason).toBeInstanceOf(BatchError)
    expect((reason as BatchError).cause).toBe(down)
  })

  it('tells the name of the batcher', async () => {
    const named = new Batcher<number, number>(
      () => {
        throw down
      },
      { name: 'squares' },
    )
    expect(await reasonOf(named.process(1))).toMatchObject({
      message: "Cannot process batch of 1 of 'squares': down",
    })
  })

  it('does not leave callers hanging when it fails by its own AbortError', async () => {
    const batcher = new Batcher<number, number>(async () => {
      AbortSignal.abort().throwIfAborted()
      return await Promise.reject(new Error('not reached'))
    })
    const callers = processEach(batcher, 2)
    await settle()
    for (const { reason } of callers) {
      expect(reason).toMatchObject({ name: 'BatchError', cause: { name: 'AbortError' } })
    }
    expect(batcher.activeCount).toBe(0)
  })

  it.each<[string, () => unknown]>([
    ['undefined', () => undefined],
    ['null', () => null],
    ['0', () => 0],
    ['an empty string', () => ''],
    ['a symbol', () => Symbol('s')],
    ['an object without a prototype', () => Object.create(null) as object],
    ['an Error whose message is a symbol', () => Object.assign(new Error('x'), { message: Symbol('s') })],
    ['an Error whose message is no text', () =>
      Object.assign(new Error('x'), { message: Object.create(null) as object })],
    ['an Error whose message throws', () =>
      Object.defineProperty(new Error('x'), 'message', {
        get: () => {
          throw new Error('no message')
        },
      })],
    ['a frozen Error', () => Object.freeze(new Error('cold'))],
    ['a revoked proxy', revoked],
  ])('throwing %s makes it the cause', async (_, make) => {
    const cause = make()
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      for (const fail of [() => Promise.reject(cause as Error), (): never => {
        throw cause as Error
      }]) {
        const batcher = new Batcher<number, number>(fail, { captureStacks: true })
        const callers = processEach(batcher, 2)
        await settle()
        for (const caller of callers) {
          expect(caller.reason).toBeInstanceOf(BatchError)
          expect((caller.reason as BatchError).cause).toBe(cause)
          expect((caller.reason as BatchError).message).toMatch(/^Cannot process batch of 2: ./)
        }
        expect(batcher.activeCount).toBe(0)
      }
    })
    expect(unhandled).toEqual([])
  })

  it('leaves those alone who got their outcome before', async () => {
    const late = deferred<unknown>()
    const batcher = returning(
      new Proxy([1, late.promise, 3], {
        get(target, key, receiver) {
          if (key === '2') throw down
          return Reflect.get(target, key, receiver) as unknown
        },
      }),
    )
    const callers = processEach(batcher, 3)
    await settle()
    expect(callers.map((caller) => caller.status)).toEqual(['fulfilled', 'rejected', 'rejected'])
    late.resolve(2)
    await settle()
    expect(callers[1]?.reason).toMatchObject({ name: 'BatchError' })
    expect(batcher.activeCount).toBe(0)
  })
})

describe('one Error object for several items', () => {
  const shared = new Error('not found')
  it.each<[string, () => unknown[]]>([
    ['returned', () => [shared, 'fine', shared, shared]],
    ['inside outcome.error()', () => [outcome.error(shared), 'fine', outcome.error(shared), shared]],
    [
      'that promises reject with',
      () => [Promise.reject(shared), 'fine', Promise.reject(shared), Promise.resolve(shared)],
    ],
  ])('(%s) reaches no two callers as the same object', async (_, make) => {
    const callers = processEach(returning(make()), 4)
    await settle()
    expect(callers[1]).toEqual({ status: 'fulfilled', value: 'fine' })
    const failed = callers.filter((caller) => caller.status === 'rejected')
    expect(failed).toHaveLength(3)
    expect(new Set(failed.map((caller) => caller.reason)).size).toBe(3)
    for (const { reason } of failed) {
      expect(reason === shared || (reason as BatchError).cause === shared).toBe(true)
    }
  })

  it('is wrapped for each when it is returned', async () => {
    const callers = processEach(returning([shared, shared]), 2)
    await settle()
    for (const { reason } of callers) {
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

describe('captureStacks', () => {
  async function failingCall(batcher: Batcher<number, unknown>) {
    return (await reasonOf(batcher.process(1))) as Error
  }

  it('shows where process() was called, on errors of the batch and of the item', async () => {
    const fail = () => {
      throw new Error('down')
    }
    const options = { captureStacks: true }
    const ofBatch = await failingCall(new Batcher<number, unknown>(fail, options))
    const ofItem = await failingCall(
      new Batcher<number, unknown>(() => [new Error('bad')], options),
    )
    expect(ofBatch.stack).toContain('failingCall')
    expect(ofItem.stack).toContain('failingCall')
    expect((await failingCall(new Batcher<number, unknown>(fail))).stack).not.toContain('failingCall')
  })

  it('leaves reasons that take no stack as they are', async () => {
    for (const reason of [Object.freeze(new Error('cold')), 'text', undefined, revoked()]) {
      const batcher = new Batcher<number, unknown>(() => [outcome.error(reason)], {
        captureStacks: true,
      })
      expect((await reasonOf(batcher.process(1))) === reason).toBe(true)
      expect(batcher.activeCount).toBe(0)
    }
  })

  it('does not let the stack of a constant Error grow', async () => {
    const notFound = new Error('not found')
    const batcher = new Batcher<number, unknown>(() => [notFound], { captureStacks: true })
    const lengths: (number | undefined)[] = []
    for (let call = 0; call < 5; call += 1) {
      lengths.push((await failingCall(batcher)).stack?.length)
    }
    expect(new Set(lengths.slice(1)).size).toBe(1)
  })
})

describe('promises that reject unheard', () => {
  it('are none when every caller of a failing batch handles its own', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const batches = manualBatches<number, unknown>()
      const batcher = new Batcher<number, unknown>(batches.batchFunction, { maxBatchSize: 3 })
      const controller = new AbortController()
      const callers = [
        ...processEach(batcher, 6),
        observe(batcher.process(6, { signal: controller.signal })),
        observe(batcher.processAll([7, 8])),
      ]
      await settle()
      batches.calls[0]?.reject(new Error('down'))
      await settle()
      batches.calls[1]?.resolve([Promise.reject(new Error('bad')), new Error('bad'), 1])
      await settle()
      controller.abort()
      batcher.abort(new Error('over'))
      batches.calls[2]?.reject(new Error('late'))
      await settle()
      expect(callers.map((caller) => caller.status)).not.toContain('pending')
      await batcher.close()
    })
    expect(unhandled).toEqual([])
  })

  it('are exactly one for a caller whom nobody handles, with its own error', async () => {
    const down = new Error('down')
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const batcher = new Batcher<number, number>(() => {
        throw down
      })
      observe(batcher.process(0))
      void batcher.process(1)
      observe(batcher.process(2))
      await settle()
    })
    expect(unhandled).toHaveLength(1)
    expect(unhandled[0]).toBeInstanceOf(BatchError)
    expect(unhandled[0]).toMatchObject({ cause: down })
  })

  it('are one each for aborted, refused and wrong calls that nobody handles', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const batcher = new Batcher((items: number[]) => items, { maxQueueSize: 1 })
      batcher.pause()
      const controller = new AbortController()
      void batcher.process(1, { signal: controller.signal })
      void batcher.process(2)
      void batcher.process(3, { bogus: 1 } as never)
      controller.abort('gone')
      await settle()
    })
    expect(unhandled).toHaveLength(3)
    expect(unhandled.map((reason) => (reason as Error | string).toString().slice(0, 14)).sort()).toEqual([
      'QueueFullError',
      'TypeError: Can',
      'gone',
    ])
  })

  it.each<[string, unknown[]]>([
    ['too few', []],
    ['too many', [1, 2]],
  ])('are none among results of a wrong length (%s)', async (_, others) => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const count = 1
      const batcher = new Batcher<number, unknown>(() => [
        ...others,
        Promise.reject(new Error('a')),
        Promise.reject(new Error('b')),
      ])
      const callers = processEach(batcher, count)
      await settle()
      expect(callers[0]?.reason).toMatchObject({ cause: { code: 'JITNEY_WRONG_RESULT' } })
      expect(batcher.activeCount).toBe(0)
    })
    expect(unhandled).toEqual([])
  })

  it('are none among results behind one that cannot be read', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const list = [1, 2, Promise.reject(new Error('behind'))]
      const batcher = returning(
        new Proxy(list, {
          get(target, key, receiver) {
            if (key === '1') throw new Error('not readable')
            return Reflect.get(target, key, receiver) as unknown
          },
        }),
      )
      processEach(batcher, 3)
      await settle()
      expect(batcher.activeCount).toBe(0)
    })
    expect(unhandled).toEqual([])
  })

  it.each<[string, (batcher: Batcher<number, unknown>, controller: AbortController) => void]>([
    ['all callers left', (_, controller) => {
      controller.abort('gone')
    }],
    ['abort()', (batcher) => {
      batcher.abort('over')
    }],
  ])('are none among results that come after %s', async (_, end) => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const batches = manualBatches<number, unknown>()
      const batcher = new Batcher<number, unknown>(batches.batchFunction, { maxBatchSize: 1 })
      const controller = new AbortController()
      batcher.concurrency = 2
      for (const item of range(2)) observe(batcher.process(item, { signal: controller.signal }))
      await settle()
      end(batcher, controller)
      batches.calls[0]?.resolve([Promise.reject(new Error('late'))])
      batches.calls[1]?.reject(new Error('late too'))
      await settle()
      expect(batcher.activeCount).toBe(0)
    })
    expect(unhandled).toEqual([])
  })

  it('are none for an outcome whose caller left before', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const batches = manualBatches<number, unknown>()
      const batcher = new Batcher<number, unknown>(batches.batchFunction)
      const controller = new AbortController()
      observe(batcher.process(0, { signal: controller.signal }))
      const stayed = observe(batcher.process(1))
      await settle()
      controller.abort('gone')
      batches.calls[0]?.resolve([Promise.reject(new Error('unheard')), 1])
      await settle()
      expect(stayed.value).toBe(1)
    })
    expect(unhandled).toEqual([])
  })
})
