import { Batcher, BatchTimeoutError } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, processEach, statuses } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'

describe('Batcher.timeout', () => {
  it('rejects the callers of a function that takes longer, each by an error of its own', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { timeout: 50, clock, name: 'rows' })
    const callers = processEach(batcher, range(2))
    await clock.advance(49)
    expect(statuses(callers)).toEqual(['pending', 'pending'])
    expect(batches.calls[0]?.context.signal.aborted).toBe(false)
    await clock.advance(1)
    const reasons = callers.map((caller) => caller.reason as BatchTimeoutError)
    expect(new Set(reasons).size).toBe(2)
    for (const reason of reasons) {
      expect(reason).toBeInstanceOf(BatchTimeoutError)
      expect(reason).toMatchObject({
        name: 'BatchTimeoutError',
        code: 'JITNEY_BATCH_TIMEOUT',
        started: true,
        timeout: 50,
        message: "Cannot process batch of 2 of 'rows': it took longer than 50 ms",
      })
    }
    const { signal } = batches.calls[0]?.context ?? {}
    expect(signal?.aborted).toBe(true)
    expect(signal?.reason).toBeInstanceOf(BatchTimeoutError)
    expect(reasons).not.toContain(signal?.reason)
  })

  it('holds the slot until the function really ended, and counts it as abandoned', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { timeout: 50, clock })
    const [late] = processEach(batcher, [1])
    await clock.advance(50)
    expect(late?.status).toBe('rejected')
    const [next] = processEach(batcher, [2])
    await clock.advance(1000)
    expect(batches.calls).toHaveLength(1)
    expect(batcher.stats()).toMatchObject({ active: 1, abandoned: 1, queued: 1 })
    expect(next?.status).toBe('pending')
    batches.calls[0]?.resolve([10])
    await settle()
    expect(batches.items).toEqual([[1], [2]])
    expect(batcher.stats()).toMatchObject({ active: 1, abandoned: 0, queued: 0, rejected: 1 })
    batches.calls[1]?.resolve([20])
    await settle()
    expect(next?.value).toBe(20)
    expect(late?.reason).toBeInstanceOf(BatchTimeoutError)
    expect(clock.timerCount).toBe(0)
  })

  it('counts one run of the function, not the time in the queue', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { timeout: 50, maxBatchSize: 1, clock })
    const callers = processEach(batcher, range(2))
    await clock.advance(40)
    batches.calls[0]?.resolve([0])
    await clock.advance(49)
    expect(statuses(callers)).toEqual(['fulfilled', 'pending'])
    await clock.advance(1)
    expect(callers[1]?.reason).toBeInstanceOf(BatchTimeoutError)
  })

  it('sets no timer when there is none, and clears it when the function ends in time', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    for (const timeout of [undefined, Infinity]) {
      const batcher = new Batcher(batches.batchFunction, { timeout, clock })
      processEach(batcher, [1])
      await settle()
      expect(clock.timerCount).toBe(0)
    }
    const timed = new Batcher(batches.batchFunction, { timeout: 2 ** 31, clock })
    const callers = processEach(timed, [1])
    await settle()
    expect(clock.timerCount).toBe(1)
    batches.calls[2]?.resolve([10])
    await settle()
    expect(clock.timerCount).toBe(0)
    expect(callers[0]?.value).toBe(10)
  })

  it('holds no timer for a batch whose callers all left', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { timeout: 50, clock })
    const controller = new AbortController()
    observe(batcher.process(1, { signal: controller.signal }))
    await settle()
    expect(clock.timerCount).toBe(1)
    controller.abort('gone')
    expect(clock.timerCount).toBe(0)
    await clock.advance(1000)
    expect(batches.calls[0]?.context.signal.reason).not.toBeInstanceOf(BatchTimeoutError)
  })

  it('settles the callers of a function that never ends', async () => {
    const clock = new ManualClock()
    const batcher = new Batcher<number, number>(async () => await new Promise(() => {}), {
      timeout: 50,
      concurrency: 2,
      maxBatchSize: 1,
      clock,
    })
    const callers = processEach(batcher, range(3))
    await clock.advance(50)
    expect(statuses(callers)).toEqual(['rejected', 'rejected', 'pending'])
    expect(batcher.stats()).toMatchObject({ abandoned: 2, queued: 1 })
    const closed = observe(batcher.close({ timeout: 100 }))
    await clock.advance(100)
    expect(closed.status).toBe('fulfilled')
    expect(callers[2]?.reason).toMatchObject({ name: 'BatchAbortedError', started: false })
  })

  it('lets a caller who left before keep its own reason', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { timeout: 50, clock })
    const controller = new AbortController()
    const left = observe(batcher.process(1, { signal: controller.signal }))
    const stayed = observe(batcher.process(2))
    await settle()
    controller.abort('mine')
    await clock.advance(50)
    expect(left.reason).toBe('mine')
    expect(stayed.reason).toBeInstanceOf(BatchTimeoutError)
    expect(batcher.stats()).toMatchObject({ aborted: 1, rejected: 1 })
  })

  it('drops an error that comes late, without a word', async () => {
    const clock = new ManualClock()
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const batches = manualBatches<number, number>()
      const batcher = new Batcher(batches.batchFunction, { timeout: 50, clock })
      const [caller] = processEach(batcher, [1])
      await clock.advance(50)
      batches.calls[0]?.reject(new Error('late'))
      await settle()
      expect(caller?.reason).toBeInstanceOf(BatchTimeoutError)
      expect(batcher.activeCount).toBe(0)
    })
    expect(unhandled).toEqual([])
  })
})
