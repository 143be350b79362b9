import { Batcher, type BatcherOptions, BatchError, outcome } from 'jitney'
import { deferred, ManualClock, manualBatches, settle } from 'jitney/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { stubJitter } from '../support/jitter.ts'
import { observe, processEach, statuses } from '../support/observe.ts'

beforeEach(() => {
  stubJitter(0.5)
})

function setUp(options: BatcherOptions<number> = {}) {
  const clock = new ManualClock()
  const batches = manualBatches<number, number>()
  return { clock, batches, batcher: new Batcher(batches.batchFunction, { clock, ...options }) }
}

describe('outcome.retry()', () => {
  it('sends that item again after a delay; the others have their results', async () => {
    const { clock, batches, batcher } = setUp()
    const callers = processEach(batcher, range(3))
    await settle()
    batches.calls[0]?.resolve([0, outcome.retry(), 20])
    await settle()
    expect(statuses(callers)).toEqual(['fulfilled', 'pending', 'fulfilled'])
    expect(batcher.stats()).toMatchObject({ queued: 1, active: 0, fulfilled: 2 })
    await clock.advance(49)
    expect(batches.calls).toHaveLength(1)
    await clock.advance(1)
    expect(batches.items[1]).toEqual([1])
    expect(batches.calls[1]?.context.reason).toBe('retry')
    batches.calls[1]?.resolve([10])
    await settle()
    expect(callers[1]?.value).toBe(10)
    expect(clock.timerCount).toBe(0)
  })

  it('is done three times at most, with delays that double', async () => {
    const clock = new ManualClock()
    const times: number[] = []
    const batcher = new Batcher(
      (items: number[]) => {
        times.push(clock.now())
        return items.map(() => outcome.retry())
      },
      { clock, name: 'rows' },
    )
    const callers = processEach(batcher, range(2))
    await clock.advance(1e6)
    expect(times).toEqual([0, 50, 150])
    const reasons = callers.map((caller) => caller.reason as BatchError)
    expect(new Set(reasons).size).toBe(2)
    for (const reason of reasons) {
      expect(reason).toBeInstanceOf(BatchError)
      expect(reason.code).toBe('JITNEY_BATCH_FAILED')
      expect(reason.message).toBe("Cannot process item of 'rows': not done after 3 attempts")
      expect(reason).not.toHaveProperty('cause')
    }
    expect(batcher.stats()).toMatchObject({ queued: 0, active: 0, batches: 3, rejected: 2 })
    expect(clock.timerCount).toBe(0)
  })

  it.each([1, 2, 5])('is done as often as retry.attempts says: %d', async (attempts) => {
    const clock = new ManualClock()
    let calls = 0
    const batcher = new Batcher(
      (items: number[]) => {
        calls += 1
        return items.map(() => outcome.retry())
      },
      { retry: { attempts }, splitOnError: true, clock },
    )
    const callers = processEach(batcher, range(2))
    await clock.advance(1e6)
    expect(calls).toBe(attempts)
    for (const { reason } of callers) {
      expect((reason as Error).message).toMatch(RegExp(`not done after ${attempts} attempts?$`))
    }
  })

  it('counts together with the failures of its batches', async () => {
    const { clock, batches, batcher } = setUp({ retry: { attempts: 3 } })
    const [caller] = processEach(batcher, [1])
    await settle()
    batches.calls[0]?.reject(new Error('down'))
    await clock.advance(50)
    batches.calls[1]?.resolve([outcome.retry()])
    await clock.advance(100)
    batches.calls[2]?.resolve([outcome.retry()])
    await clock.advance(1e6)
    expect(caller?.reason).toMatchObject({
      message: 'Cannot process item: not done after 3 attempts',
    })
    expect(batches.calls).toHaveLength(3)
  })

  it('does not ask retry.when', async () => {
    const asked: unknown[] = []
    const when = (error: unknown): boolean => {
      asked.push(error)
      return false
    }
    const { clock, batches, batcher } = setUp({ retry: { attempts: 2, when } })
    const [caller] = processEach(batcher, [1])
    await settle()
    batches.calls[0]?.resolve([outcome.retry()])
    await clock.advance(50)
    batches.calls[1]?.resolve([10])
    await settle()
    expect(caller?.value).toBe(10)
    expect(asked).toEqual([])
  })

  it('has the delays of the option', async () => {
    const { clock, batches, batcher } = setUp({ retry: { attempts: 9, minDelay: 4, maxDelay: 6 } })
    processEach(batcher, [1])
    await settle()
    for (const [call, delay] of [2, 3, 3].entries()) {
      batches.calls[call]?.resolve([outcome.retry()])
      await clock.advance(delay - 1)
      expect(batches.calls).toHaveLength(call + 1)
      await clock.advance(1)
      expect(batches.calls).toHaveLength(call + 2)
    }
  })

  it('of several items of one list sends them again together', async () => {
    const { clock, batches, batcher } = setUp()
    processEach(batcher, range(5))
    await settle()
    const again = outcome.retry()
    batches.calls[0]?.resolve([again, 10, again, 30, again])
    await clock.advance(50)
    expect(batches.items.slice(1)).toEqual([[0, 2, 4]])
    batcher.abort()
  })

  it('may be made once and used for ever', async () => {
    const again = Object.freeze(outcome.retry())
    const seen = new Map<number, number>()
    const clock = new ManualClock()
    const batcher = new Batcher(
      (items: number[]) =>
        items.map((item) => {
          seen.set(item, (seen.get(item) ?? 0) + 1)
          return seen.get(item) === 3 ? item : again
        }),
      { clock, maxBatchSize: 3, concurrency: 2 },
    )
    const callers = processEach(batcher, range(10))
    await clock.advance(1e6)
    expect(callers.map((caller) => caller.value)).toEqual(range(10))
  })

  it('comes back to an item whose caller left: nothing is sent again', async () => {
    const { clock, batches, batcher } = setUp()
    const controller = new AbortController()
    observe(batcher.process(0, { signal: controller.signal }))
    const [stayed] = processEach(batcher, [1])
    await settle()
    controller.abort()
    batches.calls[0]?.resolve([outcome.retry(), outcome.retry()])
    await settle()
    expect(batcher.queuedCount).toBe(1)
    await clock.advance(50)
    expect(batches.items[1]).toEqual([1])
    batches.calls[1]?.resolve([10])
    await settle()
    expect(stayed?.value).toBe(10)
  })

  it('is nothing in a list of a wrong length', async () => {
    const { clock, batches, batcher } = setUp()
    const callers = processEach(batcher, range(2))
    await settle()
    batches.calls[0]?.resolve([outcome.retry()])
    await clock.advance(1e6)
    for (const { reason } of callers) {
      expect(reason).toMatchObject({ cause: { code: 'JITNEY_WRONG_RESULT' } })
    }
    expect(batches.calls).toHaveLength(1)
  })
})

describe('outcome.retry() in a promise', () => {
  it('counts its delay from when it came, while others of the batch still run', async () => {
    const { clock, batches, batcher } = setUp({ concurrency: 2 })
    const [first, second] = [deferred<never>(), deferred<number>()]
    const callers = processEach(batcher, range(2))
    await settle()
    batches.calls[0]?.resolve([first.promise, second.promise])
    await clock.advance(1000)
    first.resolve(outcome.retry() as never)
    await settle()
    expect(batcher.stats()).toMatchObject({ queued: 1, active: 1 })
    await clock.advance(49)
    expect(batches.calls).toHaveLength(1)
    await clock.advance(1)
    expect(batches.items[1]).toEqual([0])
    batches.calls[1]?.resolve([0])
    second.resolve(10)
    await settle()
    expect(callers.map((caller) => caller.value)).toEqual([0, 10])
    expect(batcher.activeCount).toBe(0)
  })

  it('waits for the slot that its batch holds', async () => {
    const { clock, batches, batcher } = setUp({ concurrency: 1 })
    const [first, second] = [deferred<never>(), deferred<number>()]
    processEach(batcher, range(2))
    await settle()
    batches.calls[0]?.resolve([first.promise, second.promise])
    first.resolve(outcome.retry() as never)
    await clock.advance(1e6)
    expect(batches.calls).toHaveLength(1)
    expect(clock.timerCount).toBe(0)
    second.resolve(10)
    await settle()
    expect(batches.items[1]).toEqual([0])
  })

  it('comes for several items one after the other, each in its time', async () => {
    const { clock, batches, batcher } = setUp({ concurrency: 9 })
    const promises = range(3).map(() => deferred<never>())
    processEach(batcher, range(3))
    await settle()
    batches.calls[0]?.resolve(promises.map(({ promise }) => promise))
    for (const { resolve } of promises) {
      resolve(outcome.retry() as never)
      await clock.advance(10)
    }
    await clock.advance(100)
    expect(batches.items.slice(1)).toEqual([[0], [1], [2]])
  })
})
