import { AsyncLocalStorage } from 'node:async_hooks'

import { limit } from 'jitney'
import { deferred, settle } from 'jitney/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { range } from '../support/departures.ts'
import { observe, reasonOf } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'

/** Functions that end when a test says so. */
function manual(count: number) {
  const started: number[] = []
  const ends = range(count).map(() => deferred<number>())
  const fns = ends.map(({ promise }, index) => () => {
    started.push(index)
    return promise
  })
  return { started, ends, fns }
}

describe('limit()', () => {
  it('runs so many at a time, the others in the order in which they came', async () => {
    const { started, ends, fns } = manual(5)
    const limited = limit(2)
    const results = fns.map((fn) => observe(limited(fn)))
    expect([started, limited.active, limited.queued]).toEqual([[0, 1], 2, 3])
    ends[1]?.resolve(1)
    await settle()
    expect([started, limited.active, limited.queued]).toEqual([[0, 1, 2], 2, 2])
    for (const { resolve } of ends) resolve(7)
    await settle()
    expect([started, limited.active, limited.queued]).toEqual([range(5), 0, 0])
    expect(results.map(({ value }) => value)).toEqual([7, 1, 7, 7, 7])
  })

  it('passes arguments, and what comes of the call', async () => {
    const limited = limit(1)
    const sum = (one: number, other: number): number => one + other
    expect(await limited(sum, 1, 2)).toBe(3)
    expect(await limited(async (text: string) => text.length, 'four')).toBe(4)
    const failure = new Error('failed')
    const thrower = (): never => {
      throw failure
    }
    expect(await reasonOf(limited(thrower))).toBe(failure)
    expect(await reasonOf(limited(() => Promise.reject(failure)))).toBe(failure)
    expect([limited.active, limited.queued]).toEqual([0, 0])
  })

  it('gives a place to who waits longest, not to who comes at that moment', async () => {
    const { started, ends, fns } = manual(3)
    const [first, second, third] = fns as [
      () => Promise<number>,
      () => Promise<number>,
      () => Promise<number>,
    ]
    const limited = limit(1)
    void limited(first).then(() => limited(third))
    void limited(second)
    ends[0]?.resolve(0)
    await settle()
    expect(started).toEqual([0, 1])
    ends[1]?.resolve(0)
    await settle()
    expect(started).toEqual([0, 1, 2])
  })

  it('can be set while running: down lets calls end, up lets in as many as fit', async () => {
    const { started, ends, fns } = manual(12)
    const limited = limit(5)
    for (const fn of fns) void limited(fn)
    limited.concurrency = 2
    expect(limited.concurrency).toBe(2)
    for (const index of range(3)) ends[index]?.resolve(0)
    await settle()
    expect([started.length, limited.active]).toEqual([5, 2])
    ends[3]?.resolve(0)
    await settle()
    expect([started.length, limited.active]).toEqual([6, 2])
    limited.concurrency = 5
    await settle()
    expect([started.length, limited.active, limited.queued]).toEqual([9, 5, 3])
    limited.concurrency = Infinity
    await settle()
    expect([started.length, limited.active, limited.queued]).toEqual([12, 8, 0])
  })

  it('refuses what is no count, also when it is set', () => {
    for (const value of [0, -1, 1.5, NaN]) {
      const message = `Cannot limit: 'concurrency' must be an integer of at least 1, or Infinity, received ${value}`
      expect(() => limit(value)).toThrow(RangeError)
      expect(() => limit(value)).toThrow(message)
      expect(() => {
        limit(1).concurrency = value
      }).toThrow(message)
    }
    expect(() => limit('2' as never)).toThrow(TypeError)
    expect(limit(Infinity).concurrency).toBe(Infinity)
  })

  it('rejects what is no function, and takes no place for it', async () => {
    const limited = limit(1)
    expect(await reasonOf(limited(5 as never))).toMatchObject({
      code: 'JITNEY_WRONG_TYPE',
      message: "Cannot limit: 'fn' must be a function, received 5",
    })
    expect([limited.active, limited.queued]).toEqual([0, 0])
  })

  it('keeps the stack of the caller, also of one that waited', async () => {
    const limited = limit(1)
    async function outermostCaller(): Promise<void> {
      await limited(async () => {
        await null
        throw new Error('deep')
      })
    }
    const first = reasonOf(outermostCaller())
    const second = reasonOf(outermostCaller())
    expect(limited.queued).toBe(1)
    for (const reason of await Promise.all([first, second])) {
      expect((reason as Error).stack).toMatch(/at (async )?limited[^]*at (async )?outermostCaller/)
    }
  })

  it('keeps the asynchronous context of the caller, also of one that waited', async () => {
    const storage = new AsyncLocalStorage<number>()
    const limited = limit(1)
    const stores = range(3).map((store) =>
      storage.run(store, () => limited(async () => storage.getStore())),
    )
    expect(await Promise.all(stores)).toEqual([0, 1, 2])
  })

  it('reports a rejection that nobody handles once', async () => {
    const failure = new Error('nobody')
    const unhandled = await eventsDuring('unhandledRejection', () => {
      void limit(1)(() => Promise.reject(failure))
    })
    expect(unhandled).toEqual([failure])
  })

  it('is as quick and as flat with 100,000 that wait as with one', async () => {
    const limited = limit(1)
    const calls = range(100_000).map((index) => limited(() => index))
    expect(limited.queued).toBe(99_999)
    expect(await Promise.all(calls)).toEqual(range(100_000))
  })

  it('never has more running than it may, nor idle places while some wait', async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.constant('call' as const) },
      { weight: 5, arbitrary: fc.nat(20) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }).map((most) => ({ most })) },
    )
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(step), async (most, steps) => {
        const limited = limit(most)
        const running: (() => void)[] = []
        let bound = most
        let called = 0
        for (const action of steps) {
          const before = running.length
          if (action === 'call') {
            called += 1
            limited(() => new Promise<void>((resolve) => running.push(resolve))).catch(() => {})
          } else if (typeof action === 'number') {
            if (running.length > 0) running.splice(action % running.length, 1)[0]?.()
          } else {
            bound = action.most
            limited.concurrency = bound
          }
          await settle()
          const { active, queued } = limited
          expect(active).toBe(running.length)
          expect(active).toBeLessThanOrEqual(Math.max(bound, before))
          expect(active < bound ? queued : 0).toBe(0)
        }
        expect(called).toBeGreaterThanOrEqual(limited.active + limited.queued)
        limited.concurrency = Infinity
        await settle()
        for (const end of running) end()
        await settle()
        expect([limited.active, limited.queued]).toEqual([0, 0])
      }),
    )
  })
})
