import { Batcher, type BatcherOptions } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { stubJitter } from '../support/jitter.ts'
import { observe, processEach } from '../support/observe.ts'

const down = new Error('down')

beforeEach(() => {
  stubJitter(0.5)
})

/** A batcher one batch of which has just failed. */
async function failedOnce(items: readonly number[], options: BatcherOptions<number> = {}) {
  const clock = new ManualClock()
  const batches = manualBatches<number, number>()
  const batcher = new Batcher(batches.batchFunction, { retry: { attempts: 3 }, clock, ...options })
  const callers = processEach(batcher, items)
  await settle()
  batches.calls[0]?.reject(down)
  await settle()
  return { clock, batches, batcher, callers }
}

describe('Batcher.onIdle() while items wait for another attempt', () => {
  it('waits until they are settled', async () => {
    const { clock, batches, batcher } = await failedOnce(range(2))
    expect(batcher.stats()).toMatchObject({ queued: 2, active: 0 })
    const idle = observe(batcher.onIdle())
    await clock.advance(50)
    expect(idle.status).toBe('pending')
    batches.calls[1]?.reject(down)
    await clock.advance(100)
    expect(idle.status).toBe('pending')
    batches.calls[2]?.resolve([0, 10])
    await settle()
    expect(idle.status).toBe('fulfilled')
  })

  it('waits for one in its delay and one in the queue', async () => {
    const { clock, batches, batcher } = await failedOnce([0])
    batcher.pause()
    processEach(batcher, [1])
    const idle = observe(batcher.onIdle())
    await settle()
    expect(idle.status).toBe('pending')
    batcher.resume()
    await settle()
    batches.calls[1]?.resolve([10])
    await clock.advance(50)
    batches.calls[2]?.resolve([0])
    await settle()
    expect(idle.status).toBe('fulfilled')
  })
})

describe('Batcher.pause() while items wait for another attempt', () => {
  it('holds them once they are due, without a timer, and resume() lets them go at once', async () => {
    const { clock, batches, batcher } = await failedOnce(range(2))
    batcher.pause()
    await clock.advance(1e6)
    expect(batches.calls).toHaveLength(1)
    expect(batcher.queuedCount).toBe(2)
    expect(clock.timerCount).toBe(0)
    batcher.resume()
    await settle()
    expect(batches.items[1]).toEqual([0, 1])
    expect(batches.calls[1]?.context.reason).toBe('retry')
  })

  it('does not prolong the delay', async () => {
    const { clock, batches, batcher } = await failedOnce(range(2))
    batcher.pause()
    await clock.advance(30)
    batcher.resume()
    await clock.advance(19)
    expect(batches.calls).toHaveLength(1)
    await clock.advance(1)
    expect(batches.items[1]).toEqual([0, 1])
  })
})

describe('Batcher.flush() while items wait for another attempt', () => {
  it('leaves them their delay, then resolves when they are settled', async () => {
    const { clock, batches, batcher } = await failedOnce(range(2))
    const flushed = observe(batcher.flush())
    await clock.advance(49)
    expect(batches.calls).toHaveLength(1)
    await clock.advance(1)
    expect(batches.items[1]).toEqual([0, 1])
    expect(flushed.status).toBe('pending')
    batches.calls[1]?.reject(down)
    await clock.advance(100)
    expect(flushed.status).toBe('pending')
    batches.calls[2]?.resolve([0, 10])
    await settle()
    expect(flushed.status).toBe('fulfilled')
  })

  it('overrides a pause for them and for nobody who comes later', async () => {
    const { clock, batches, batcher, callers } = await failedOnce(range(2))
    batcher.pause()
    const flushed = observe(batcher.flush())
    await settle()
    processEach(batcher, [2])
    await clock.advance(50)
    expect(batches.items.slice(1)).toEqual([[0, 1]])
    batches.calls[1]?.reject(down)
    await settle()
    processEach(batcher, [3])
    await clock.advance(100)
    expect(batches.items.slice(2)).toEqual([[0, 1]])
    batches.calls[2]?.resolve([0, 10])
    await clock.advance(1e6)
    expect(callers.map((caller) => caller.value)).toEqual([0, 10])
    expect(flushed.status).toBe('fulfilled')
    expect(batches.calls).toHaveLength(3)
    expect(batcher.queuedCount).toBe(2)
    batcher.resume()
    await settle()
    expect(batches.items[3]).toEqual([2, 3])
  })

  it('that came while they were in flight does not wait for them: they were not queued', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { retry: { attempts: 2 }, clock })
    processEach(batcher, [0])
    await settle()
    const flushed = observe(batcher.flush())
    await settle()
    expect(flushed.status).toBe('fulfilled')
    batches.calls[0]?.reject(down)
    await clock.advance(50)
    expect(batches.items[1]).toEqual([0])
  })

  it('sends all that had come before it while paused, what was in flight among them', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      maxBatchSize: 1,
      retry: { attempts: 3 },
      clock,
    })
    const callers = processEach(batcher, [1, 2])
    await settle()
    const flushed = observe(batcher.flush())
    batches.calls[0]?.reject(down)
    await settle()
    batches.calls[1]?.reject(down)
    batcher.pause()
    await clock.advance(100)
    expect(batches.items).toEqual([[1], [2], [1]])
    batches.calls[2]?.resolve([10])
    await clock.advance(100)
    expect(flushed.status).toBe('pending')
    batches.calls[3]?.resolve([20])
    await clock.advance(100)
    expect(callers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    expect(flushed.status).toBe('fulfilled')
  })

  it('resolves when their callers leave', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { retry: { attempts: 2 }, clock })
    const controller = new AbortController()
    observe(batcher.process(1, { signal: controller.signal }))
    await settle()
    batches.calls[0]?.reject(down)
    await settle()
    const flushed = observe(batcher.flush())
    await settle()
    expect(flushed.status).toBe('pending')
    controller.abort()
    await settle()
    expect(flushed.status).toBe('fulfilled')
    expect(clock.timerCount).toBe(0)
  })

  it('sends what else is queued without waiting for their delay', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const options = { retry: { attempts: 2 }, maxBatchSize: 1, maxQueueTime: 1e6, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    processEach(batcher, [0])
    await settle()
    batches.calls[0]?.reject(down)
    await settle()
    batcher.maxBatchSize = 2
    const fresh = processEach(batcher, [1])
    const flushed = observe(batcher.flush())
    await settle()
    expect(batches.items.slice(1)).toEqual([[1]])
    batches.calls[1]?.resolve([10])
    await settle()
    expect(fresh[0]?.value).toBe(10)
    expect(flushed.status).toBe('pending')
    await clock.advance(50)
    batches.calls[2]?.resolve([0])
    await settle()
    expect(flushed.status).toBe('fulfilled')
  })
})

describe('settings that change while items wait for another attempt', () => {
  it('do not touch their delay', async () => {
    const { clock, batches, batcher } = await failedOnce(range(3))
    batcher.maxQueueTime = 0
    batcher.maxBatchSize = 1
    batcher.concurrency = 2
    await clock.advance(49)
    expect(batches.calls).toHaveLength(1)
    await clock.advance(1)
    expect(batches.items.slice(1)).toEqual([[0], [1]])
  })

  it('let those that are due go when there is another slot', async () => {
    const { clock, batches, batcher } = await failedOnce([0])
    processEach(batcher, [1])
    await clock.advance(50)
    expect(batches.items).toEqual([[0], [1]])
    batcher.concurrency = 2
    await settle()
    expect(batches.items[2]).toEqual([0])
  })
})
