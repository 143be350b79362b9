import { Batcher } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { departuresOn } from '../support/departures.ts'
import { observe } from '../support/observe.ts'

describe('Batcher.pause() and Batcher.resume()', () => {
  it.each([
    ['a full batch', { maxBatchSize: 2 }],
    ['a window that ends', { maxQueueTime: 100 }],
    ['the end of the turn', {}],
  ])('hold back %s', async (_, options) => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const batcher = new Batcher(batchFunction, { ...options, clock })
    batcher.pause()
    void batcher.process(1)
    void batcher.process(2)
    await clock.advance(1000)
    expect(departures).toEqual([])
    expect(batcher.queuedCount).toBe(2)
    expect(clock.timerCount).toBe(0)
    batcher.resume()
    await settle()
    expect(departures.map(({ at, items }) => ({ at, items }))).toEqual([
      { at: 1000, items: [1, 2] },
    ])
  })

  it('hold back what came before the pause in the same turn', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    void batcher.process(1)
    batcher.pause()
    await settle()
    expect(batches.calls).toHaveLength(0)
    batcher.resume()
    await settle()
    expect(batches.items).toEqual([[1]])
  })

  it('go on with the rest of the window, which counts through the pause', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const batcher = new Batcher(batchFunction, { maxQueueTime: 100, clock })
    void batcher.process(1)
    await clock.advance(30)
    batcher.pause()
    expect(clock.timerCount).toBe(0)
    await clock.advance(30)
    batcher.resume()
    await clock.advance(39)
    expect(departures).toEqual([])
    await clock.advance(1)
    expect(departures).toEqual([{ at: 100, items: [1], reason: 'time' }])
  })

  it('leave running batches alone, and their callers get their results', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const first = observe(batcher.process(1))
    await settle()
    void batcher.process(2)
    batcher.pause()
    batches.calls[0]?.resolve([10])
    await settle()
    expect(first).toEqual({ status: 'fulfilled', value: 10 })
    expect(batches.calls[0]?.context.signal.aborted).toBe(false)
    expect(batches.calls).toHaveLength(1)
    batcher.resume()
    await settle()
    expect(batches.items[1]).toEqual([2])
  })

  it('do not count: one resume ends any number of pauses', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    batcher.resume()
    batcher.pause()
    batcher.pause()
    void batcher.process(1)
    await settle()
    expect(batches.calls).toHaveLength(0)
    batcher.resume()
    await settle()
    expect(batches.items).toEqual([[1]])
  })
})
