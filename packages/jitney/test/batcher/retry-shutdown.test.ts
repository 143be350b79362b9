import { Batcher, BatchAbortedError, type BatcherOptions, outcome } from 'jitney'
import { deferred, ManualClock, manualBatches, settle } from 'jitney/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { stubJitter } from '../support/jitter.ts'
import { observe, type Observed, processEach, statuses } from '../support/observe.ts'

const down = new Error('down')
const hour = 3_600_000

beforeEach(() => {
  stubJitter(0.999)
})

function setUp(options: BatcherOptions<number> = {}) {
  const clock = new ManualClock()
  const batches = manualBatches<number, number>()
  const retry = { attempts: 3, minDelay: hour, maxDelay: hour }
  const batcher = new Batcher(batches.batchFunction, { retry, clock, ...options })
  return { clock, batches, batcher }
}

describe('Batcher.close() while items wait for another attempt', () => {
  it('sends them at once, all together, in the order in which they came', async () => {
    const { clock, batches, batcher } = setUp({ maxBatchSize: 2, concurrency: 3 })
    const callers: Observed<number>[] = []
    for (const first of [0, 2, 4]) {
      callers.push(...processEach(batcher, range(2, first)))
      await settle()
    }
    batches.calls[1]?.reject(down)
    await clock.advance(10)
    batches.calls[0]?.reject(down)
    batches.calls[2]?.reject(down)
    await settle()
    batcher.maxBatchSize = 6
    const closed = observe(batcher.close())
    await settle()
    expect(clock.now()).toBe(10)
    expect(batches.items.slice(3)).toEqual([range(6)])
    expect(clock.timerCount).toBe(0)
    expect(closed.status).toBe('pending')
    batches.calls[3]?.resolve([0, 10, 20, 30, 40, 50])
    await settle()
    expect(callers.map((caller) => caller.value)).toEqual([0, 10, 20, 30, 40, 50])
    expect(closed.status).toBe('fulfilled')
    expect(batcher.state).toBe('closed')
  })

  it('sends what fails from then on again without delay, while there are attempts', async () => {
    const { clock, batches, batcher } = setUp()
    const callers = processEach(batcher, range(2))
    await settle()
    const closed = observe(batcher.close())
    for (const call of range(3)) {
      await clock.advance(0)
      expect(statuses(callers)).toEqual(['pending', 'pending'])
      expect(batches.items).toHaveLength(call + 1)
      batches.calls[call]?.reject(down)
    }
    await clock.advance(0)
    expect(clock.now()).toBe(0)
    expect(clock.timerCount).toBe(0)
    expect(callers.map((caller) => caller.reason)).toMatchObject(
      range(2).map(() => ({ name: 'BatchError', cause: down })),
    )
    expect(batches.calls).toHaveLength(3)
    expect(closed.status).toBe('fulfilled')
  })

  it('does not wait as long as outcome.retry() asked for', async () => {
    const { clock, batches, batcher } = setUp()
    const callers = processEach(batcher, range(2))
    await settle()
    batches.calls[0]?.resolve([outcome.retry({ after: hour }), outcome.retry({ after: Infinity })])
    await settle()
    const closed = observe(batcher.close())
    await clock.advance(0)
    expect(batches.items[1]).toEqual([0, 1])
    batches.calls[1]?.resolve([0, outcome.retry({ after: hour })])
    await clock.advance(0)
    expect(batches.items[2]).toEqual([1])
    batches.calls[2]?.resolve([10])
    await settle()
    expect(callers.map((caller) => caller.value)).toEqual([0, 10])
    expect(closed.status).toBe('fulfilled')
    expect(clock.timerCount).toBe(0)
  })

  it('does not wait for others of their batch that are still open', async () => {
    const { clock, batches, batcher } = setUp({ concurrency: 2 })
    processEach(batcher, range(2))
    await settle()
    const closed = observe(batcher.close())
    const [again, open] = [deferred<never>(), deferred<number>()]
    batches.calls[0]?.resolve([again.promise, open.promise])
    again.resolve(outcome.retry({ after: hour }) as never)
    await clock.advance(0)
    expect(batches.items[1]).toEqual([0])
    batches.calls[1]?.resolve([0])
    open.resolve(10)
    await settle()
    expect(closed.status).toBe('fulfilled')
    expect(clock.timerCount).toBe(0)
  })

  it('sends them as slots come free', async () => {
    const { clock, batches, batcher } = setUp({ maxBatchSize: 1 })
    processEach(batcher, range(2))
    await settle()
    batches.calls[0]?.reject(down)
    await settle()
    const closed = observe(batcher.close())
    await clock.advance(hour)
    expect(batches.items).toEqual([[0], [1]])
    batches.calls[1]?.resolve([10])
    await settle()
    expect(batches.items[2]).toEqual([0])
    batches.calls[2]?.resolve([0])
    await settle()
    expect(closed.status).toBe('fulfilled')
  })

  it('overrides a pause', async () => {
    const { clock, batches, batcher } = setUp()
    const callers = processEach(batcher, range(2))
    await settle()
    batcher.pause()
    batches.calls[0]?.reject(down)
    await settle()
    const closed = observe(batcher.close())
    await settle()
    batches.calls[1]?.reject(down)
    await clock.advance(0)
    batches.calls[2]?.resolve([0, 10])
    await settle()
    expect(callers.map((caller) => caller.value)).toEqual([0, 10])
    expect(closed.status).toBe('fulfilled')
  })

  it('settles who leaves meanwhile, and waits for nobody else', async () => {
    const { clock, batches, batcher } = setUp()
    const controller = new AbortController()
    const caller = observe(batcher.process(1, { signal: controller.signal }))
    await settle()
    const closed = observe(batcher.close())
    batches.calls[0]?.reject(down)
    await clock.advance(0)
    controller.abort('gone')
    await settle()
    expect(caller.reason).toBe('gone')
    expect(closed.status).toBe('fulfilled')
    batches.calls[1]?.reject(down)
    await clock.advance(0)
    expect(batches.calls).toHaveLength(2)
  })

  it('aborts them at its timeout, and says that they had started', async () => {
    const retry = { attempts: Infinity, minDelay: hour }
    const { clock, batches, batcher } = setUp({ retry })
    const callers = processEach(batcher, range(3))
    await settle()
    const closed = observe(batcher.close({ timeout: 100 }))
    batches.calls[0]?.reject(down)
    await clock.advance(0)
    expect(batches.items).toHaveLength(2)
    await clock.advance(99)
    expect(statuses(callers)).toEqual(Array(3).fill('pending'))
    await clock.advance(1)
    expect(closed.status).toBe('fulfilled')
    for (const { reason } of callers) {
      expect(reason).toBeInstanceOf(BatchAbortedError)
      expect(reason).toMatchObject({ started: true, cause: { name: 'TimeoutError' } })
    }
    expect(clock.timerCount).toBe(0)
    batches.calls[1]?.reject(down)
    await clock.advance(hour)
    expect(batches.calls).toHaveLength(2)
    expect(batcher.stats()).toMatchObject({ queued: 0, active: 0, rejected: 3 })
  })

  it('lets timers and messages through between attempts without delay', async () => {
    let calls = 0
    let heard = false
    const batcher = new Batcher<number, number>(
      async (items) => {
        calls += 1
        if (!heard && calls < 20_000) await Promise.reject(down)
        return items
      },
      { retry: { attempts: Infinity } },
    )
    const caller = observe(batcher.process(1))
    void settle().then(() => {
      heard = true
    })
    await batcher.close()
    expect(caller.value).toBe(1)
    expect(calls).toBeLessThan(20_000)
  })

  it('holds no timer once the last attempt was good, in time', async () => {
    const { clock, batches, batcher } = setUp()
    processEach(batcher, [1])
    await settle()
    batches.calls[0]?.reject(down)
    await settle()
    const closed = observe(batcher.close({ timeout: hour }))
    await settle()
    batches.calls[1]?.resolve([10])
    await settle()
    expect(closed.status).toBe('fulfilled')
    expect(clock.timerCount).toBe(0)
  })
})

describe('Batcher.abort() while items wait for another attempt', () => {
  it('settles everybody at once and says who had started', async () => {
    const { clock, batches, batcher } = setUp({ maxQueueSize: 2, overflow: 'wait' })
    const callers = processEach(batcher, range(2))
    await settle()
    batches.calls[0]?.reject(down)
    await settle()
    batcher.pause()
    callers.push(...processEach(batcher, [2, 3, 4]))
    expect(batcher.stats()).toMatchObject({ queued: 4, waiting: 1 })
    const idle = observe(batcher.onIdle())
    batcher.abort('over')
    expect(batcher.queuedCount).toBe(0)
    expect(clock.timerCount).toBe(0)
    await settle()
    for (const { reason } of callers) {
      expect(reason).toMatchObject({ name: 'BatchAbortedError', cause: 'over' })
    }
    expect(callers.map((caller) => (caller.reason as BatchAbortedError).started)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
    expect(idle.status).toBe('fulfilled')
    await clock.advance(hour)
    expect(batches.calls).toHaveLength(1)
    expect(batcher.stats()).toMatchObject({ state: 'closed', rejected: 5 })
  })

  it('says so too of those that are due and wait for a slot', async () => {
    const { clock, batches, batcher } = setUp()
    const callers = processEach(batcher, [0])
    await settle()
    batches.calls[0]?.reject(down)
    batcher.pause()
    await clock.advance(hour)
    callers.push(...processEach(batcher, [1]))
    batcher.abort('over')
    await settle()
    expect(callers.map((caller) => caller.reason)).toMatchObject([
      { started: true },
      { started: false },
    ])
  })

  it('sends nothing again that fails afterwards', async () => {
    const { clock, batches, batcher } = setUp()
    const [caller] = processEach(batcher, [1])
    await settle()
    batcher.abort('over')
    batches.calls[0]?.reject(down)
    await clock.advance(hour)
    expect(caller?.reason).toMatchObject({ started: true, cause: 'over' })
    expect(batches.calls).toHaveLength(1)
    expect(batcher.stats()).toMatchObject({ queued: 0, active: 0 })
  })

  it('from within the batch function, which then throws, leaves nothing waiting', async () => {
    const clock = new ManualClock()
    const batcher: Batcher<number, number> = new Batcher(
      (): number[] => {
        batcher.abort('from inside')
        throw down
      },
      { retry: { attempts: 5 }, splitOnError: true, clock },
    )
    const callers = processEach(batcher, range(2))
    await clock.advance(hour)
    expect(callers.map((caller) => caller.reason)).toMatchObject(
      range(2).map(() => ({ name: 'BatchAbortedError', started: true, cause: 'from inside' })),
    )
    expect(batcher.stats()).toMatchObject({ state: 'closed', queued: 0, active: 0, batches: 1 })
    expect(clock.timerCount).toBe(0)
  })
})
