import { getEventListeners } from 'node:events'

import { wait } from 'jitney'
import { deferred, ManualClock, settle } from 'jitney/testing'
import { describe, expect, it, vi } from 'vitest'

import { range } from '../support/departures.ts'
import { heapUsed } from '../support/memory.ts'
import { observe, reasonOf } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'

describe('wait()', () => {
  it('waits for all, those that fail too', async () => {
    const [one, two] = [deferred(), deferred()]
    const result = observe(wait([one.promise, two.promise]))
    one.reject(new Error('one'))
    await settle()
    expect(result.status).toBe('pending')
    two.resolve()
    await settle()
    expect(result.value).toEqual({ done: new Set([one.promise, two.promise]), waiting: new Set() })
  })

  it("waits until 'first' is done, however it ended", async () => {
    const tasks = range(3).map(() => deferred())
    const promises = tasks.map(({ promise }) => promise)
    const result = observe(wait(promises, { until: 'first' }))
    await settle()
    expect(result.status).toBe('pending')
    tasks[1]?.reject(new Error('one'))
    await settle()
    expect([...(result.value?.done ?? [])]).toEqual([promises[1]])
    expect([...(result.value?.waiting ?? [])]).toEqual([promises[0], promises[2]])
  })

  it("takes what is no promise for done, and not for the 'first-error'", async () => {
    const task = deferred()
    const result = observe(wait([5, task.promise], { until: 'first-error' }))
    await settle()
    expect(result.status).toBe('pending')
    task.reject(new Error('one'))
    await settle()
    expect([...(result.value?.done ?? [])]).toEqual([5, task.promise])
  })

  it("waits until 'first-error', or all are done", async () => {
    const tasks = range(3).map(() => deferred())
    const promises = tasks.map(({ promise }) => promise)
    const failing = observe(wait(promises, { until: 'first-error' }))
    const fine = observe(wait(promises.slice(0, 2), { until: 'first-error' }))
    tasks[0]?.resolve()
    await settle()
    expect([failing.status, fine.status]).toEqual(['pending', 'pending'])
    tasks[1]?.resolve()
    await settle()
    expect([failing.status, fine.value?.waiting.size]).toEqual(['pending', 0])
    tasks[2]?.reject(new Error('two'))
    await settle()
    expect(failing.value?.done.size).toBe(3)
    // It is known by now.
    const again = await wait([deferred().promise, promises[2]], { until: 'first-error' })
    expect([again.done.size, again.waiting.size]).toEqual([1, 1])
  })

  it('counts all that are settled at that moment as done', async () => {
    const tasks = range(4).map(() => deferred())
    const promises = tasks.map(({ promise }) => promise)
    const result = observe(wait(promises, { until: 'first' }))
    for (const index of [0, 2, 3]) tasks[index]?.resolve()
    await settle()
    expect(result.value?.waiting).toEqual(new Set([promises[1]]))
    const settled = [Promise.resolve(), Promise.reject(new Error('one')), deferred().promise]
    expect((await wait(settled, { until: 'first' })).done.size).toBe(2)
    class Other<Value> extends Promise<Value> {}
    const others = [Promise.resolve(), Other.resolve(), Other.reject(new Error('one'))]
    expect((await wait(others, { until: 'first' })).done.size).toBe(3)
    const signal = AbortSignal.abort()
    expect((await wait([Other.resolve()], { signal })).done.size).toBe(1)
  })

  it('takes tasks that have a promise, and other values as done', async () => {
    const task = { name: 'task', promise: deferred().promise }
    const values = [1, 'text', null, undefined, { promise: 5 }]
    const { done, waiting } = await wait([task, ...values], { until: 'first' })
    expect([done, waiting]).toEqual([new Set(values), new Set([task])])
  })

  it('takes a task and its promise, which are done together', async () => {
    const { promise, resolve } = deferred()
    const task = { promise }
    const result = observe(wait([task, promise]))
    resolve()
    await settle()
    expect(result.value?.done).toEqual(new Set([task, promise]))
    expect((await wait([task, promise])).done.size).toBe(2)
  })

  it('takes foreign promises', async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- a foreign promise
    const foreign = { then: (resolve: (value: number) => void) => resolve(1) }
    expect((await wait([foreign])).done).toEqual(new Set([foreign]))
  })

  it('takes any iterable, and what is in it twice once', async () => {
    const promise = Promise.resolve()
    const result = await wait(
      (function* twice() {
        yield promise
        yield promise
      })(),
    )
    expect([...result.done]).toEqual([promise])
  })

  it('resolves at once without tasks, whatever it is to wait for', async () => {
    const clock = new ManualClock()
    for (const until of ['all', 'first', 'first-error'] as const) {
      expect(await wait([], { until, timeout: 5, clock })).toEqual({
        done: new Set(),
        waiting: new Set(),
      })
    }
    expect(clock.timerCount).toBe(0)
  })

  it('resolves after the timeout with what there is', async () => {
    const clock = new ManualClock()
    const tasks = [deferred(), deferred()]
    const promises = tasks.map(({ promise }) => promise)
    const result = observe(wait(promises, { timeout: 10, clock }))
    tasks[0]?.resolve()
    await clock.advance(9)
    expect(result.status).toBe('pending')
    await clock.advance(1)
    expect(result.value).toEqual({ done: new Set([promises[0]]), waiting: new Set([promises[1]]) })
  })

  it('looks without waiting with timeout 0, and leaves no timer', async () => {
    const clock = new ManualClock()
    const looked = observe(wait([deferred().promise, Promise.resolve()], { timeout: 0, clock }))
    await clock.advance(0)
    expect([looked.value?.done.size, looked.value?.waiting.size]).toEqual([1, 1])
    await wait([Promise.resolve()], { timeout: 1000, clock })
    expect(clock.timerCount).toBe(0)
  })

  it('resolves when its signal aborts, and leaves no listener', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const settled = Promise.resolve()
    const result = observe(wait([deferred().promise, settled], { signal }))
    await settle()
    expect(result.status).toBe('pending')
    controller.abort(new Error('enough'))
    await settle()
    expect(result.value?.done).toEqual(new Set([settled]))
    expect(getEventListeners(signal, 'abort')).toEqual([])
    const before = await wait([deferred().promise, Promise.resolve()], { signal })
    expect([before.done.size, before.waiting.size]).toEqual([1, 1])
    await wait([1], { signal: new AbortController().signal })
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('throws nothing of theirs, nor lets it be unhandled', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      await wait([Promise.reject(new Error('one')), deferred().promise], { until: 'first' })
    })
    expect(unhandled).toEqual([])
  })

  it('sees all once in a loop to which tasks are added', async () => {
    const seen: number[] = []
    let waiting = new Set(range(3).map(async (index) => index))
    let added = 3
    while (waiting.size > 0) {
      const result = await wait(waiting, { until: 'first' })
      for (const promise of result.done) seen.push(await promise)
      waiting = result.waiting
      if (added < 50) {
        const index = added
        added += 1
        waiting.add(Promise.resolve().then(() => index))
      }
    }
    expect(seen.sort((one, other) => one - other)).toEqual(range(50))
  })

  it('leaves one reaction on a promise, however often it waits for it', async () => {
    const { promise } = deferred()
    const then = vi.spyOn(promise, 'then')
    for (const _ of range(100)) await wait([promise, null], { until: 'first' })
    expect(then).toHaveBeenCalledTimes(1)
  })

  it('leaves nothing in memory over 100,000 rounds with a promise that never settles', async () => {
    const { promise } = deferred()
    const round = (): Promise<unknown> => wait([promise, Promise.resolve()], { until: 'first' })
    for (const _ of range(1000)) await round()
    const before = await heapUsed()
    for (const _ of range(100_000)) await round()
    expect((await heapUsed()) - before).toBeLessThan(500_000)
  })

  it.each<[string, unknown[], string]>([
    ['tasks that are no iterable', [5], "'tasks' must be an iterable, received 5"],
    ['no tasks', [], "'tasks' must be an iterable, received undefined"],
    ['options that are none', [[], 5], "'options' must be an object"],
    ['an unknown option', [[], { time: 1 }], 'received "time"'],
    [
      'an unknown until',
      [[], { until: 'some' }],
      `'until' must be one of all, first, first-error, received "some"`,
    ],
    ['a timeout that is none', [[], { timeout: '1' }], "'timeout' must be milliseconds"],
    ['a signal that is none', [[], { signal: 1 }], "'signal' must be an AbortSignal"],
    ['a clock that is none', [[], { clock: 1 }], "'clock' must be a Clock"],
  ])('rejects %s with a TypeError', async (_, given, text) => {
    const error = await reasonOf(wait(...(given as Parameters<typeof wait>)))
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).toContain(`Cannot wait: `)
    expect(String(error)).toContain(text)
  })

  it('rejects a negative timeout with a RangeError, also without tasks', async () => {
    expect(await reasonOf(wait([], { timeout: -1 }))).toBeInstanceOf(RangeError)
    expect(await reasonOf(wait([], { timeout: NaN }))).toBeInstanceOf(RangeError)
  })

  it('rejects with what its iterable throws', async () => {
    const failure = new Error('iterable')
    const tasks = {
      [Symbol.iterator]: () => {
        throw failure
      },
    }
    expect(await reasonOf(wait(tasks))).toBe(failure)
  })
})
