import { getEventListeners } from 'node:events'

import { TimeoutError, withTimeout } from 'jitney'
import { deferred, ManualClock, settle } from 'jitney/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'

import { observe, reasonOf } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'

/** A function that ends when a test says so. */
function manual<Result>() {
  const { promise, resolve, reject } = deferred<Result>()
  const call = {
    resolve,
    reject,
    signal: undefined as AbortSignal | undefined,
    fn: ({ signal }: { signal: AbortSignal }) => {
      call.signal = signal
      return promise
    },
  }
  return call
}

afterEach(() => {
  vi.useRealTimers()
})

describe('withTimeout()', () => {
  it('gives what the function gives in time, and leaves no timer', async () => {
    const clock = new ManualClock()
    const call = manual<string>()
    const result = observe(withTimeout(call.fn, { timeout: 10, clock }))
    await clock.advance(9.99)
    expect([call.signal?.aborted, clock.timerCount]).toEqual([false, 1])
    call.resolve('value')
    await settle()
    expect([result.value, clock.timerCount]).toEqual(['value', 0])
    expect(await withTimeout(() => 5, { timeout: 0, clock })).toBe(5)
    const failure = new Error('own')
    expect(await reasonOf(withTimeout(() => Promise.reject(failure), { timeout: 1, clock }))).toBe(
      failure,
    )
    const thrower = (): never => {
      throw failure
    }
    expect(await reasonOf(withTimeout(thrower, { timeout: 1, clock }))).toBe(failure)
    expect(clock.timerCount).toBe(0)
  })

  it('rejects with an error that tells no name, though its time has passed', async () => {
    const clock = new ManualClock()
    const call = manual<string>()
    const result = observe(withTimeout(call.fn, { timeout: 10, clock }))
    await clock.advance(10)
    const nameless = {
      get name(): string {
        throw new Error('no name')
      },
    }
    call.reject(nameless)
    await settle()
    expect(result.reason).toBe(nameless)
  })

  it('aborts its signal, and rejects with the same TimeoutError when the function has ended', async () => {
    const clock = new ManualClock()
    const call = manual<string>()
    const result = observe(withTimeout(call.fn, { timeout: 10, clock }))
    await clock.advance(10)
    const error = call.signal?.reason as TimeoutError
    expect(error).toBeInstanceOf(TimeoutError)
    expect([error.name, error.code, error.timeout]).toEqual(['TimeoutError', 'JITNEY_TIMEOUT', 10])
    expect(String(error)).toBe('TimeoutError: it took longer than 10 ms')
    expect(result.status).toBe('pending')
    call.reject(error)
    await settle()
    expect(result.reason).toBe(error)
  })

  it('drops a value that comes after the timeout', async () => {
    const clock = new ManualClock()
    const call = manual<string>()
    const result = observe(withTimeout(call.fn, { timeout: 10, clock }))
    await clock.advance(10)
    call.resolve('late')
    await settle()
    expect(result.reason).toBeInstanceOf(TimeoutError)
  })

  it('drops an AbortError, and not an error of the clean-up, fallback or not', async () => {
    for (const fallback of [undefined, 'fallback']) {
      const clock = new ManualClock()
      const heard = manual<string>()
      const failed = manual<string>()
      const options = { timeout: 10, clock, fallback }
      const results = [heard, failed].map(({ fn }) => observe(withTimeout(fn, options)))
      await clock.advance(10)
      heard.reject(new DOMException('heard', 'AbortError'))
      const failure = new Error('clean-up')
      failed.reject(failure)
      await settle()
      expect(results[0]?.value ?? String(results[0]?.reason)).toBe(
        fallback ?? 'TimeoutError: it took longer than 10 ms',
      )
      expect(results[1]?.reason).toBe(failure)
    }
  })

  it('passes an AbortError on that came before anything aborted', async () => {
    const own = new DOMException('own', 'AbortError')
    expect(await reasonOf(withTimeout(() => Promise.reject(own), { timeout: 10 }))).toBe(own)
  })

  it.each([null, false, 0, '', () => 'called'])(
    'resolves with the fallback %s',
    async (fallback) => {
      const clock = new ManualClock()
      const call = manual<string>()
      const result = observe(withTimeout(call.fn, { timeout: 10, fallback, clock }))
      await clock.advance(10)
      expect(result.status).toBe('pending')
      call.resolve('late')
      await settle()
      expect(result).toEqual({ status: 'fulfilled', value: fallback })
    },
  )

  it('rejects with the reason of an abort, whatever the fallback', async () => {
    const clock = new ManualClock()
    const controller = new AbortController()
    const { signal } = controller
    const call = manual<string>()
    const result = observe(withTimeout(call.fn, { timeout: 10, fallback: 1, signal, clock }))
    await settle()
    controller.abort('enough')
    expect(call.signal?.reason).toBe('enough')
    await settle()
    expect(result.status).toBe('pending')
    await clock.advance(10)
    call.resolve('late')
    await settle()
    expect([result.reason, clock.timerCount]).toEqual(['enough', 0])
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('stays with the timeout when an abort comes after it', async () => {
    const clock = new ManualClock()
    const controller = new AbortController()
    const { signal } = controller
    const call = manual<string>()
    const result = observe(withTimeout(call.fn, { timeout: 10, fallback: 1, signal, clock }))
    await clock.advance(10)
    controller.abort('late')
    call.resolve('late')
    await settle()
    expect(result.value).toBe(1)
  })

  it('does not call the function with a signal that has aborted', async () => {
    const clock = new ManualClock()
    const signal = AbortSignal.abort('before')
    let called = false
    const fn = (): void => {
      called = true
    }
    expect(await reasonOf(withTimeout(fn, { timeout: 10, fallback: 1, signal, clock }))).toBe(
      'before',
    )
    expect([called, clock.timerCount]).toEqual([false, 0])
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('leaves a result as it is when the abort comes after it', async () => {
    const controller = new AbortController()
    const { signal } = controller
    expect(await withTimeout(() => 1, { timeout: 10, signal })).toBe(1)
    expect(getEventListeners(signal, 'abort')).toEqual([])
    controller.abort()
  })

  it('reports the one of two that expired: the outer one', async () => {
    const clock = new ManualClock()
    const inner = manual<string>()
    let innerPromise: Promise<unknown> = Promise.resolve()
    const result = observe(
      withTimeout(
        ({ signal }) => {
          innerPromise = withTimeout(inner.fn, { timeout: 5000, fallback: 'inner', signal, clock })
          return innerPromise
        },
        { timeout: 20, clock },
      ),
    )
    await clock.advance(20)
    inner.reject(inner.signal?.reason)
    await settle()
    expect(result.reason).toMatchObject({ timeout: 20 })
    expect(await reasonOf(innerPromise)).toBe(result.reason)
    expect(clock.timerCount).toBe(0)
  })

  it('reports the one of two that expired: the inner one', async () => {
    const clock = new ManualClock()
    const inner = manual<string>()
    const result = observe(
      withTimeout(({ signal }) => withTimeout(inner.fn, { timeout: 20, signal, clock }), {
        timeout: 5000,
        clock,
      }),
    )
    await clock.advance(20)
    inner.resolve('late')
    await settle()
    expect(result.reason).toMatchObject({ timeout: 20 })
    expect(clock.timerCount).toBe(0)
  })

  it('waits for ever with Infinity, and far beyond what timers take', async () => {
    const clock = new ManualClock()
    const call = manual<string>()
    const result = observe(withTimeout(call.fn, { timeout: Infinity, clock }))
    await settle()
    expect(clock.timerCount).toBe(0)
    const far = observe(withTimeout(call.fn, { timeout: 2 ** 33, clock }))
    await clock.advance(2 ** 33 - 1)
    expect(call.signal?.aborted).toBe(false)
    await clock.advance(1)
    expect(call.signal?.aborted).toBe(true)
    call.resolve('late')
    await settle()
    expect([result.value, far.status]).toEqual(['late', 'rejected'])
  })

  it('runs on the time of the system, which fake timers drive', async () => {
    vi.useFakeTimers()
    const call = manual<string>()
    const result = observe(withTimeout(call.fn, { timeout: 1000 }))
    vi.advanceTimersByTime(1000)
    call.resolve('late')
    await settle()
    expect(result.reason).toBeInstanceOf(TimeoutError)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('reports nothing as unhandled beside its own promise', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const clock = new ManualClock()
      const call = manual<string>()
      const result = observe(withTimeout(call.fn, { timeout: 10, clock }))
      await clock.advance(10)
      call.reject(new Error('clean-up'))
      await settle()
      expect(result.status).toBe('rejected')
    })
    expect(unhandled).toEqual([])
  })

  it.each<[string, unknown[], string]>([
    ['a function that is none', [5, { timeout: 1 }], "'fn' must be a function"],
    ['no options', [() => 1], "'timeout' must be milliseconds of at least 0, received undefined"],
    [
      'no timeout',
      [() => 1, {}],
      "'timeout' must be milliseconds of at least 0, received undefined",
    ],
    ['a negative timeout', [() => 1, { timeout: -1 }], 'received -1'],
    ['NaN', [() => 1, { timeout: NaN }], 'received NaN'],
    ['an unknown option', [() => 1, { timeout: 1, time: 1 }], 'received "time"'],
    [
      'a signal that is none',
      [() => 1, { timeout: 1, signal: 1 }],
      "'signal' must be an AbortSignal",
    ],
    [
      'a clock that is none',
      [() => 1, { timeout: 1, clock: 1 }],
      "'clock' must be a Clock, received 1",
    ],
  ])('rejects %s', async (_, given, text) => {
    const error = await reasonOf(withTimeout(...(given as Parameters<typeof withTimeout>)))
    expect(String(error)).toContain('Cannot call withTimeout: ')
    expect(String(error)).toContain(text)
  })
})
