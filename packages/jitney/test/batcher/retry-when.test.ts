import { Batcher } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { stubJitter } from '../support/jitter.ts'
import { observe, type Observed, processEach, statuses } from '../support/observe.ts'
import { rejected } from '../support/outcomes.ts'
import { eventsDuring } from '../support/process-events.ts'

beforeEach(() => {
  stubJitter(0.5)
})

describe('Batcher.retry.when', () => {
  it('is asked with the very failure, and false ends it at once', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const asked: unknown[] = []
    const failures = [new Error('passing'), new Error('passing'), new Error('lasting')]
    const when = (error: unknown): boolean => {
      asked.push(error)
      return error !== failures[2]
    }
    const batcher = new Batcher(batches.batchFunction, { retry: { attempts: 9, when }, clock })
    const callers = processEach(batcher, range(2))
    for (const [index, failure] of failures.entries()) {
      await settle()
      expect(statuses(callers)).toEqual(['pending', 'pending'])
      batches.calls[index]?.reject(failure)
      await clock.advance(1000)
    }
    expect(asked).toEqual(failures)
    expect(asked.every((error, index) => error === failures[index])).toBe(true)
    expect(callers.map((caller) => caller.reason)).toMatchObject(
      range(2).map(() => ({ name: 'BatchError', cause: failures[2] })),
    )
    expect(batches.calls).toHaveLength(3)
    expect(clock.timerCount).toBe(0)
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('of its own')
      },
    ],
    ['returns nothing', () => undefined],
    ['returns a promise, which nobody awaits', async () => await Promise.resolve(true)],
  ])('that %s means no', async (_, when) => {
    const clock = new ManualClock()
    const down = new Error('down')
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const batches = manualBatches<number, number>()
      const retry = { attempts: 5, when: when as () => boolean }
      const batcher = new Batcher(batches.batchFunction, { retry, clock })
      const callers = processEach(batcher, range(2))
      await settle()
      batches.calls[0]?.reject(down)
      await clock.advance(1e6)
      for (const { reason } of callers) {
        expect(reason).toMatchObject({ name: 'BatchError', cause: down })
      }
      expect(batches.calls).toHaveLength(1)
      expect(batcher.stats()).toMatchObject({ queued: 0, active: 0, rejected: 2 })
    })
    expect(unhandled).toEqual([])
  })

  it.each<[string, unknown]>([
    ['an Error', new Error('down')],
    ['an AbortError', new DOMException('aborted', 'AbortError')],
    ['a TimeoutError', new DOMException('took too long', 'TimeoutError')],
    ['a rate limit', Object.assign(new Error('slow down'), { status: 429 })],
    ['undefined', undefined],
    ['null', null],
    ['0', 0],
    ['a text', 'x'],
    ['an object without a prototype', Object.create(null)],
    ['a frozen Error', Object.freeze(new Error('cold'))],
    [
      'an Error whose name throws',
      Object.defineProperty(new Error('hostile'), 'name', {
        get: () => {
          throw new Error('no name')
        },
      }),
    ],
  ])('is true by default: %s is worth another attempt', async (_, failure) => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const clock = new ManualClock()
      let calls = 0
      const batcher = new Batcher<number, number>(
        async (items) => {
          calls += 1
          return calls < 3 ? await rejected(failure) : items
        },
        { retry: { attempts: 3 }, captureStacks: true, clock },
      )
      const callers = processEach(batcher, range(2))
      await clock.advance(1000)
      expect(callers.map((caller) => caller.value)).toEqual([0, 1])
      expect(calls).toBe(3)
    })
    expect(unhandled).toEqual([])
  })

  it('is asked once for each failure', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const asked: string[] = []
    const when = (error: unknown): boolean => asked.push((error as Error).name) > 0
    const options = { retry: { attempts: 4, when }, timeout: 10, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    const callers = processEach(batcher, range(3))
    await settle()
    batches.calls[0]?.reject(new TypeError('down'))
    await clock.advance(50)
    await clock.advance(10)
    batches.calls[1]?.reject(new RangeError('stopped'))
    await clock.advance(100)
    batches.calls[2]?.resolve([0, 10, 20])
    await settle()
    expect(callers.map((caller) => caller.value)).toEqual([0, 10, 20])
    expect(asked).toEqual(['TypeError', 'BatchTimeoutError'])
  })

  it('may make a caller leave, who then is not sent again', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const controller = new AbortController()
    const when = (): boolean => {
      controller.abort('gone')
      return true
    }
    const batcher = new Batcher(batches.batchFunction, { retry: { attempts: 3, when }, clock })
    const left = observe(batcher.process(0, { signal: controller.signal }))
    const stayed = observe(batcher.process(1))
    await settle()
    batches.calls[0]?.reject(new Error('down'))
    await settle()
    expect(left).toEqual({ status: 'rejected', reason: 'gone' })
    expect(batcher.queuedCount).toBe(1)
    await clock.advance(50)
    expect(batches.items[1]).toEqual([1])
    batches.calls[1]?.resolve([10])
    await settle()
    expect(stayed.value).toBe(10)
    expect(batcher.stats()).toMatchObject({ queued: 0, active: 0, aborted: 1, fulfilled: 1 })
  })

  it('may close the batcher: what is sent again then has no delay', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    let closed: Observed<void> | undefined
    const batcher: Batcher<number, number> = new Batcher(batches.batchFunction, {
      retry: {
        attempts: 2,
        when: () => {
          closed = observe(batcher.close())
          return true
        },
      },
      clock,
    })
    const callers = processEach(batcher, range(2))
    await settle()
    batches.calls[0]?.reject(new Error('down'))
    await clock.advance(0)
    batches.calls[1]?.resolve([0, 10])
    await settle()
    expect(callers.map((caller) => caller.value)).toEqual([0, 10])
    expect(closed?.status).toBe('fulfilled')
    expect(clock.timerCount).toBe(0)
  })

  it('may abort the batcher when it is asked about a timeout', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher: Batcher<number, number> = new Batcher(batches.batchFunction, {
      retry: {
        attempts: 3,
        when: () => {
          batcher.abort('from inside')
          return true
        },
      },
      timeout: 10,
      clock,
    })
    const callers = processEach(batcher, range(2))
    await clock.advance(10)
    for (const { reason } of callers) expect(reason).toMatchObject({ cause: 'from inside' })
    expect(batcher.stats()).toMatchObject({ queued: 0, active: 1, abandoned: 1, rejected: 2 })
    batches.calls[0]?.reject(new Error('down'))
    await clock.advance(1e6)
    expect(batches.calls).toHaveLength(1)
    expect(batcher.activeCount).toBe(0)
    expect(clock.timerCount).toBe(0)
  })

  it('may abort the batcher: nothing is sent again', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher: Batcher<number, number> = new Batcher(batches.batchFunction, {
      retry: {
        attempts: 3,
        when: () => {
          batcher.abort('from inside')
          return true
        },
      },
      clock,
    })
    const callers = processEach(batcher, range(2))
    await settle()
    batches.calls[0]?.reject(new Error('down'))
    await clock.advance(1e6)
    expect(callers.map((caller) => caller.reason)).toMatchObject(
      range(2).map(() => ({ name: 'BatchAbortedError', cause: 'from inside', started: true })),
    )
    expect(batches.calls).toHaveLength(1)
    expect(batcher.stats()).toMatchObject({ state: 'closed', queued: 0, active: 0, rejected: 2 })
    expect(clock.timerCount).toBe(0)
  })
})
