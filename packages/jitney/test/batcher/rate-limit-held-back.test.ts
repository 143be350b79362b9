import { BatchAbortedError, Batcher, type BatcherOptions, RateLimiter, Semaphore } from 'jitney'
import { ManualClock, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { departuresOn, range } from '../support/departures.ts'
import { observe, processEach, statuses } from '../support/observe.ts'
import { schedule } from '../support/rates.ts'

/** A batcher that may send nothing before 1000. */
async function heldBack(options?: BatcherOptions<number>, of?: 'batches' | 'items' | 'weight') {
  const clock = new ManualClock()
  const { departures, batchFunction } = departuresOn(clock)
  const limiter = new RateLimiter({ limit: 10, interval: 1000, of, clock })
  const batcher = new Batcher(batchFunction, { rateLimit: limiter, clock, ...options })
  limiter.tryTake(10)
  return { clock, departures, limiter, batcher }
}

describe('A batch that a rateLimit holds back', () => {
  it('stands in line once, with one timer, however many items come', async () => {
    const { clock, limiter, batcher } = await heldBack({ maxQueueTime: 5 })
    processEach(batcher, range(3))
    for (const at of [0, 5, 100]) {
      await clock.advance(at)
      processEach(batcher, [at])
    }
    await settle()
    expect([limiter.queued, clock.timerCount]).toEqual([1, 1])
    expect([batcher.queuedCount, batcher.activeCount]).toEqual([6, 0])
    expect(batcher.stats()).toMatchObject({ queued: 6, active: 0, batches: 0 })
  })

  it('leaves the line when its last caller aborts', async () => {
    const { clock, departures, limiter, batcher } = await heldBack()
    const controllers = [new AbortController(), new AbortController()]
    const callers = controllers.map(({ signal }, item) =>
      observe(batcher.process(item, { signal })),
    )
    await clock.advance(500)
    controllers[0]?.abort('gone')
    expect([limiter.queued, clock.timerCount]).toEqual([1, 1])
    controllers[1]?.abort('gone')
    expect([limiter.queued, clock.timerCount]).toEqual([0, 0])
    await clock.advance(5000)
    expect(departures).toEqual([])
    expect(statuses(callers)).toEqual(['rejected', 'rejected'])
    expect(limiter.allowance).toBe(10)
  })

  it('never shows the batch function those who aborted meanwhile', async () => {
    const { clock, departures, batcher } = await heldBack()
    const controller = new AbortController()
    const { signal } = controller
    processEach(batcher, [0])
    observe(batcher.process(1, { signal }))
    processEach(batcher, [2])
    await clock.advance(999)
    controller.abort()
    await clock.advance(1)
    expect(schedule(departures)).toEqual([[1000, [0, 2]]])
  })

  it('makes way at once for a lighter one when the heavy one in front aborts', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const rateLimit = new RateLimiter({ limit: 10, interval: 1000, of: 'weight', clock })
    const weight = { of: (item: number) => item, max: 100 }
    const batcher = new Batcher(batchFunction, { rateLimit, weight, clock })
    rateLimit.tryTake(5)
    const controller = new AbortController()
    observe(batcher.process(8, { signal: controller.signal }))
    processEach(batcher, [2])
    await clock.advance(100)
    expect(departures).toEqual([])
    controller.abort()
    await clock.advance(0)
    expect(schedule(departures)).toEqual([[100, [2]]])
    expect([rateLimit.queued, clock.timerCount]).toEqual([0, 0])
  })

  it('takes up a maxBatchSize that changes meanwhile', async () => {
    const { clock, departures, batcher } = await heldBack()
    processEach(batcher, range(3))
    await clock.advance(10)
    batcher.maxBatchSize = 2
    await clock.advance(5000)
    expect(schedule(departures)).toEqual([
      [1000, [0, 1]],
      [1000, [2]],
    ])
  })

  it('leaves the line when a longer maxQueueTime makes it wait for company again', async () => {
    const { clock, departures, limiter, batcher } = await heldBack({ maxQueueTime: 100 })
    processEach(batcher, [0])
    await clock.advance(100)
    expect(limiter.queued).toBe(1)
    batcher.maxQueueTime = 3000
    await clock.advance(0)
    expect(limiter.queued).toBe(0)
    await clock.advance(5000)
    expect(schedule(departures)).toEqual([[3000, [0]]])
  })

  it('holds no permit of a shared semaphore meanwhile', async () => {
    const semaphore = new Semaphore(1)
    const { clock, departures, batcher } = await heldBack({ concurrency: semaphore })
    processEach(batcher, [0])
    await clock.advance(10)
    expect([semaphore.active, semaphore.queued]).toEqual([0, 0])
    const permit = semaphore.tryAcquire()
    await clock.advance(2000)
    expect(departures).toEqual([])
    permit?.release()
    await clock.advance(0)
    expect(schedule(departures)).toEqual([[2010, [0]]])
    expect([semaphore.active, semaphore.queued]).toEqual([0, 0])
  })

  it('is not hurried by a queue at its bound, nor are those who wait for room', async () => {
    const { clock, departures, batcher } = await heldBack({ maxQueueSize: 2, overflow: 'wait' })
    processEach(batcher, range(5))
    await clock.advance(999)
    expect(departures).toEqual([])
    expect(batcher.stats()).toMatchObject({ queued: 2, waiting: 3 })
    await clock.advance(1)
    expect(departures.flatMap(({ items }) => items)).toEqual(range(5))
  })
})

describe('Batcher.pause() with a rateLimit', () => {
  it('leaves the line and the timer, and stands in line again after resume()', async () => {
    const { clock, departures, limiter, batcher } = await heldBack()
    processEach(batcher, [0])
    await clock.advance(10)
    batcher.pause()
    await settle()
    expect([limiter.queued, clock.timerCount]).toEqual([0, 0])
    await clock.advance(490)
    batcher.resume()
    await clock.advance(499)
    expect([limiter.queued, departures.length]).toEqual([1, 0])
    await clock.advance(1)
    expect(schedule(departures)).toEqual([[1000, [0]]])
  })

  it('sends nothing though the limit would allow it, and keeps nobody else waiting', async () => {
    const { clock, departures, limiter, batcher } = await heldBack()
    processEach(batcher, [0])
    await clock.advance(10)
    batcher.pause()
    const taken = observe(limiter.take({ weight: 10 }))
    await clock.advance(990)
    expect(taken.status).toBe('fulfilled')
    await clock.advance(500)
    batcher.resume()
    await clock.advance(500)
    expect(schedule(departures)).toEqual([[2000, [0]]])
  })
})

describe('Batcher.flush() with a rateLimit', () => {
  it.each([false, true])('does not override the limit (paused: %s)', async (paused) => {
    const { clock, departures, batcher } = await heldBack({ maxQueueTime: Infinity })
    if (paused) batcher.pause()
    processEach(batcher, [0, 1])
    const flushed = observe(batcher.flush())
    await clock.advance(500)
    processEach(batcher, [2])
    await clock.advance(499)
    expect([flushed.status, departures.length]).toEqual(['pending', 0])
    await clock.advance(1)
    expect(departures[0]).toMatchObject({ at: 1000, reason: 'flush' })
    expect(departures[0]?.items.slice(0, 2)).toEqual([0, 1])
    expect(flushed.status).toBe('fulfilled')
  })

  it('sends what came later only after resume()', async () => {
    const { clock, departures, batcher } = await heldBack({ maxQueueTime: 100 })
    batcher.pause()
    processEach(batcher, [0, 1])
    const flushed = observe(batcher.flush())
    await clock.advance(500)
    processEach(batcher, [2])
    await clock.advance(1500)
    expect(schedule(departures)).toEqual([[1000, [0, 1]]])
    expect(flushed.status).toBe('fulfilled')
    batcher.resume()
    await settle()
    expect(schedule(departures.slice(1))).toEqual([[2000, [2]]])
  })

  it('resolves when those whom it waited for have aborted', async () => {
    const { clock, limiter, batcher } = await heldBack({ maxQueueTime: Infinity })
    const controller = new AbortController()
    observe(batcher.process(0, { signal: controller.signal }))
    const flushed = observe(batcher.flush())
    await clock.advance(10)
    expect(limiter.queued).toBe(1)
    controller.abort()
    await settle()
    expect(flushed.status).toBe('fulfilled')
    expect([limiter.queued, clock.timerCount]).toEqual([0, 0])
  })
})

describe('Batcher.close() and Batcher.abort() with a rateLimit', () => {
  it('sends what is held back when the limit allows it, then resolves', async () => {
    const { clock, departures, limiter, batcher } = await heldBack({ maxQueueTime: Infinity })
    const callers = processEach(batcher, [0, 1])
    await clock.advance(10)
    const closed = observe(batcher.close())
    await clock.advance(989)
    expect([closed.status, departures.length, batcher.state]).toEqual(['pending', 0, 'closing'])
    await clock.advance(1)
    expect(departures).toEqual([{ at: 1000, items: [0, 1], reason: 'close' }])
    expect(closed.status).toBe('fulfilled')
    expect(callers.map(({ value }) => value)).toEqual([0, 1])
    expect([limiter.queued, clock.timerCount, batcher.state]).toEqual([0, 0, 'closed'])
  })

  it('gives up what is held back when the timeout of close() has passed', async () => {
    const { clock, departures, limiter, batcher } = await heldBack()
    const callers = processEach(batcher, [0, 1])
    await clock.advance(10)
    const closed = observe(batcher.close({ timeout: 100 }))
    await clock.advance(99)
    expect(statuses(callers)).toEqual(['pending', 'pending'])
    await clock.advance(1)
    expect(closed.status).toBe('fulfilled')
    for (const { reason } of callers) {
      expect(reason).toBeInstanceOf(BatchAbortedError)
      expect(reason).toMatchObject({ started: false })
    }
    expect([limiter.queued, clock.timerCount]).toEqual([0, 0])
    await clock.advance(5000)
    expect(departures).toEqual([])
  })

  it.each(['batches', 'items'] as const)('abort() leaves the line at once (%s)', async (of) => {
    const { clock, departures, limiter, batcher } = await heldBack({}, of)
    const callers = processEach(batcher, [0, 1])
    await clock.advance(10)
    expect(limiter.queued).toBe(1)
    batcher.abort('over')
    expect([limiter.queued, clock.timerCount]).toEqual([0, 0])
    await settle()
    expect(statuses(callers)).toEqual(['rejected', 'rejected'])
    await clock.advance(5000)
    expect(departures).toEqual([])
    expect(limiter.allowance).toBe(10)
  })
})
