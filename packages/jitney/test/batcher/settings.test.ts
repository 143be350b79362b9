import { Batcher } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { departuresOn, range } from '../support/departures.ts'

describe('Batcher settings that change while it runs', () => {
  it('sends what waits once a smaller maxBatchSize makes it a full batch', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      maxQueueTime: Infinity,
      concurrency: Infinity,
    })
    for (const item of range(5)) void batcher.process(item)
    await settle()
    expect(batches.calls).toHaveLength(0)
    batcher.maxBatchSize = 2
    expect(batcher.maxBatchSize).toBe(2)
    await settle()
    expect(batches.items).toEqual([
      [0, 1],
      [2, 3],
    ])
    expect(batcher.queuedCount).toBe(1)
  })

  it('fills up to a larger maxBatchSize from then on', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueTime: Infinity, maxBatchSize: 2 })
    void batcher.process(0)
    batcher.maxBatchSize = 4
    void batcher.process(1)
    void batcher.process(2)
    await settle()
    expect(batches.calls).toHaveLength(0)
    void batcher.process(3)
    await settle()
    expect(batches.items).toEqual([[0, 1, 2, 3]])
  })

  it('starts exactly as many batches more as concurrency was raised by', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1, concurrency: 2 })
    for (const item of range(9)) void batcher.process(item)
    await settle()
    expect(batches.calls).toHaveLength(2)
    batcher.concurrency = 5
    expect(batcher.concurrency).toBe(5)
    await settle()
    expect(batches.items).toEqual([[0], [1], [2], [3], [4]])
    expect(batcher.activeCount).toBe(5)
  })

  it('stops no batch when concurrency is lowered, and starts none until fewer run', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1, concurrency: 4 })
    for (const item of range(6)) void batcher.process(item)
    await settle()
    batcher.concurrency = 2
    expect(batcher.activeCount).toBe(4)
    for (const index of [0, 1]) {
      batches.calls[index]?.resolve([index])
      await settle()
      expect(batches.calls).toHaveLength(4)
    }
    expect(batches.calls.some((call) => call.context.signal.aborted)).toBe(false)
    batches.calls[2]?.resolve([2])
    await settle()
    expect(batches.items.slice(4)).toEqual([[4]])
    expect(batcher.activeCount).toBe(2)
  })

  it('measures a changed maxQueueTime from the arrival of what waits already', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const batcher = new Batcher(batchFunction, { maxQueueTime: 1000, clock })
    void batcher.process(1)
    await clock.advance(50)
    batcher.maxQueueTime = 80
    expect(batcher.maxQueueTime).toBe(80)
    await clock.advance(30)
    expect(departures).toEqual([{ at: 80, items: [1], reason: 'time' }])

    void batcher.process(2)
    await clock.advance(40)
    batcher.maxQueueTime = 500
    await clock.advance(459)
    expect(departures).toHaveLength(1)
    await clock.advance(1)
    expect(departures[1]).toEqual({ at: 580, items: [2], reason: 'time' })
  })

  it('lets an item leave at once when the new maxQueueTime has passed already', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const batcher = new Batcher(batchFunction, { maxQueueTime: 1000, clock })
    void batcher.process(1)
    await clock.advance(50)
    batcher.maxQueueTime = 20
    await settle()
    expect(departures).toEqual([{ at: 50, items: [1], reason: 'time' }])
    expect(clock.timerCount).toBe(0)
  })

  it("changes between 'adaptive' and Infinity", async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const batcher = new Batcher(batchFunction, { maxQueueTime: 100, clock })
    void batcher.process(1)
    await clock.advance(50)
    batcher.maxQueueTime = Infinity
    expect(clock.timerCount).toBe(0)
    await clock.advance(1000)
    expect(departures).toEqual([])
    batcher.maxQueueTime = 'adaptive'
    expect(departures).toEqual([])
    await settle()
    expect(departures).toEqual([{ at: 1050, items: [1], reason: 'idle' }])
  })

  it('takes its default back with undefined', () => {
    const batcher = new Batcher((items: number[]) => items, {
      maxBatchSize: 2,
      maxQueueTime: 5,
      concurrency: 3,
    })
    const settings = batcher as unknown as Record<string, unknown>
    settings['maxBatchSize'] = undefined
    settings['maxQueueTime'] = undefined
    settings['concurrency'] = undefined
    expect(batcher).toMatchObject({ maxBatchSize: 100, maxQueueTime: 'adaptive', concurrency: 1 })
  })
})
