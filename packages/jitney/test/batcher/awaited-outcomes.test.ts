/* oxlint-disable unicorn/no-thenable -- what objects with a `then` do is what is tested */
import { Batcher, outcome } from 'jitney'
import { deferred, ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, processEach, statuses } from '../support/observe.ts'
import { returning, rejected, revoked } from '../support/outcomes.ts'

describe('outcomes that are promises', () => {
  it('are awaited, and hold up nobody else', async () => {
    const slow = deferred<string>()
    const batcher = returning(['now', slow.promise, Promise.resolve('soon')])
    const callers = processEach(batcher, range(3))
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

  it('hold the slot as a function with a `then` too', async () => {
    const slow = deferred<string>()
    const batcher = returning([
      Object.assign(() => 1, { then: slow.promise.then.bind(slow.promise) }),
    ])
    const caller = observe(batcher.process(1))
    await settle()
    expect([batcher.activeCount, caller.status]).toEqual([1, 'pending'])
    slow.resolve('late')
    await settle()
    expect(batcher.activeCount).toBe(0)
    expect(caller).toEqual({ status: 'fulfilled', value: 'late' })
  })

  it('may be any thenable, and may resolve to any outcome', async () => {
    const bad = new Error('bad')
    const thenable = {
      then: (resolve: (value: unknown) => void) => {
        resolve('called back')
      },
    }
    const callers = processEach(
      returning([
        thenable,
        Promise.resolve(bad),
        Promise.resolve(outcome.error('no')),
        Promise.resolve(outcome.value(bad)),
        Promise.resolve(thenable),
        Object.assign(() => 1, thenable),
      ]),
      range(6),
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
    const callers = processEach(returning([1, Promise.reject(bad), rejected('worse')]), range(3))
    await settle()
    expect(callers[0]).toEqual({ status: 'fulfilled', value: 1 })
    expect(callers[1]?.reason).toBe(bad)
    expect(callers[2]).toEqual({ status: 'rejected', reason: 'worse' })
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

  it('are waited for by who stayed, when another left before the results came', async () => {
    const batches = manualBatches<number, unknown>()
    const controller = new AbortController()
    const batcher = new Batcher<number, unknown>(batches.batchFunction)
    const left = observe(batcher.process(0, { signal: controller.signal }))
    const stayed = observe(batcher.process(1))
    await settle()
    controller.abort('gone')
    const late = deferred<number>()
    batches.calls[0]?.resolve([0, late.promise])
    await settle()
    expect([left.reason, stayed.status]).toEqual(['gone', 'pending'])
    expect(batches.calls[0]?.context.signal.aborted).toBe(false)
    expect(batcher.stats()).toMatchObject({ active: 1, abandoned: 0 })
    late.resolve(10)
    await settle()
    expect(stayed.value).toBe(10)
    expect(batcher.activeCount).toBe(0)
  })

  it('of those who left hold up nobody: the rest are served, and close() ends', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, unknown>()
    const controller = new AbortController()
    const batcher = new Batcher<number, unknown>(batches.batchFunction, { timeout: 50, clock })
    const left = observe(batcher.process(0, { signal: controller.signal }))
    const served = observe(batcher.process(1))
    await settle()
    const closed = observe(batcher.close())
    const outcomes = [deferred<number>(), deferred<number>()]
    batches.calls[0]?.resolve(outcomes.map(({ promise }) => promise))
    await settle()
    controller.abort('gone')
    await settle()
    expect(batches.calls[0]?.context.signal.aborted).toBe(false)
    outcomes[1]?.resolve(10)
    await settle()
    expect([left.reason, served.value, closed.status]).toEqual(['gone', 10, 'fulfilled'])
    expect(batches.calls[0]?.context.signal.aborted).toBe(true)
    expect(batcher.stats()).toMatchObject({ active: 1, abandoned: 1 })
    expect(clock.timerCount).toBe(0)
    outcomes[0]?.reject(new Error('unheard'))
    await settle()
    expect(batcher.stats()).toMatchObject({ active: 0, abandoned: 0 })
  })

  it('do not abort the signal of a batch that served everybody', async () => {
    const batches = manualBatches<number, unknown>()
    const batcher = new Batcher<number, unknown>(batches.batchFunction)
    const callers = processEach(batcher, range(3))
    await settle()
    batches.calls[0]?.resolve([Promise.resolve(0), rejected('bad'), Promise.resolve(2)])
    await settle()
    expect(statuses(callers)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(batches.calls[0]?.context.signal.aborted).toBe(false)
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
    const [caller] = processEach(batcher, range(1))
    await settle()
    batcher.abort('over')
    await settle()
    expect(caller?.reason).toMatchObject({
      name: 'BatchAbortedError',
      started: true,
      cause: 'over',
    })
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
  it.each<[string, () => unknown, Error]>([
    ['a `then` getter that throws', () => Object.defineProperty({}, 'then', { get: trap }), thrown],
    ['a `then` that throws', () => ({ then: trap }), thrown],
    ['a proxy that throws on every access', () => new Proxy({}, { get: trap }), thrown],
    ['a proxy without a prototype to see', () => new Proxy({}, { getPrototypeOf: trap }), thrown],
    ['a revoked proxy', revoked, expect.any(TypeError) as Error],
    [
      'outcome content that throws',
      () => Object.defineProperty({ ...outcome.value(1) }, 'content', { get: trap }),
      thrown,
    ],
    [
      'a promise whose constructor throws',
      () => Object.defineProperty(Promise.resolve(1), 'constructor', { get: trap }),
      thrown,
    ],
  ])('(%s) reject only their own caller', async (_, make, reason) => {
    const batcher = returning([1, make(), 3])
    const callers = processEach(batcher, range(3))
    await settle()
    expect(callers[0]).toEqual({ status: 'fulfilled', value: 1 })
    expect(callers[2]).toEqual({ status: 'fulfilled', value: 3 })
    expect(callers[1]).toEqual({ status: 'rejected', reason })
    expect(batcher.activeCount).toBe(0)
  })

  it.each<[string, (ok: (value: unknown) => void, bad: (reason: unknown) => void) => void]>([
    [
      'calls back twice',
      (ok) => {
        ok('first')
        ok('second')
      },
    ],
    [
      'throws after calling back',
      (ok) => {
        ok('first')
        throw new Error('after')
      },
    ],
    [
      'rejects after calling back',
      (ok, bad) => {
        ok('first')
        bad(new Error('after'))
      },
    ],
  ])('(a `then` that %s) count once', async (_, then) => {
    class Own extends Promise<unknown> {
      override then = then as never
    }
    for (const make of [() => ({ then }), () => new Own(() => {})]) {
      const batcher = returning([make(), 'other'])
      const callers = processEach(batcher, range(2))
      await settle()
      expect(callers.map((caller) => caller.value)).toEqual(['first', 'other'])
      expect(batcher.activeCount).toBe(0)
      expect(await batcher.processAll([0, 1])).toEqual(['first', 'other'])
    }
  })

  it.each<[string, (batcher: Batcher<number, unknown>, leave: () => void) => void, string]>([
    ['abort()', (batcher) => batcher.abort('enough'), 'rejected'],
    ['the abort of all callers', (_, leave) => leave(), 'rejected'],
    ['close()', (batcher) => void batcher.close(), 'fulfilled'],
    ['flush()', (batcher) => void batcher.flush(), 'fulfilled'],
  ])(
    '(a `then` getter that calls for %s) hold for items to be retried',
    async (name, act, status) => {
      const controller = new AbortController()
      const { signal } = controller
      const clock = new ManualClock()
      let calls = 0
      const batcher = new Batcher<number, unknown>(
        (items) => {
          calls += 1
          const hostile = {
            get then() {
              act(batcher, () => controller.abort())
              return undefined
            },
          }
          return calls === 1 ? [outcome.retry(), hostile, outcome.retry()] : items
        },
        { clock },
      )
      const callers = range(3).map((item) => observe(batcher.process(item, { signal })))
      await clock.advance(1000)
      expect([callers[0]?.status, callers[2]?.status]).toEqual([status, status])
      // close() sends the first at once: the other comes back later than that.
      const expected = status === 'rejected' ? 1 : name === 'close()' ? 3 : 2
      expect(calls).toBe(expected)
      expect(batcher.stats()).toMatchObject({ queued: 0, active: 0 })
      expect(clock.timerCount).toBe(0)
    },
  )

  it('(a promise of all results that calls back twice) settle each caller once', async () => {
    const twice = {
      then: (ok: (value: unknown) => void, bad: (reason: unknown) => void) => {
        ok([1, Promise.resolve(2)])
        ok([3, 4])
        bad(new Error('after'))
      },
    }
    const batcher = returning(twice)
    const callers = processEach(batcher, range(2))
    await settle()
    expect(callers.map((caller) => caller.value)).toEqual([1, 2])
    expect(batcher.activeCount).toBe(0)
    expect(batcher.stats()).toMatchObject({ fulfilled: 2, rejected: 0 })
  })

  it('(a list that is revoked after it was returned) leave nobody behind', async () => {
    const late = [deferred<number>(), deferred<number>()]
    const { proxy, revoke } = Proxy.revocable(
      late.map((one) => one.promise),
      {},
    )
    const batcher = returning(proxy)
    const callers = processEach(batcher, range(2))
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
