import { Batcher } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'

describe('Batcher.maxBatchSize', () => {
  it('cuts batches of at most the size, oldest items first', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 3, concurrency: Infinity })
    for (const item of range(7)) void batcher.process(item)
    await settle()
    expect(batches.items).toEqual([[0, 1, 2], [3, 4, 5], [6]])
    expect(batches.calls.map((call) => call.context.reason)).toEqual(['size', 'size', 'slot'])
  })

  it('lets every item ride alone at 1', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1, concurrency: Infinity })
    const results = batcher.processAll(range(5))
    await settle()
    expect(batches.items).toEqual([[0], [1], [2], [3], [4]])
    batches.calls.forEach((call, index) => {
      call.resolve([index * 10])
    })
    expect(await results).toEqual([0, 10, 20, 30, 40])
  })

  it('takes all that waits at Infinity', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: Infinity })
    for (const item of range(1001)) void batcher.process(item)
    await settle()
    expect(batches.items).toEqual([range(1001)])
  })

  it('is 100 by default', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { concurrency: Infinity })
    for (const item of range(201)) void batcher.process(item)
    await settle()
    expect(batches.items.map((items) => items.length)).toEqual([100, 100, 1])
  })

  it('lets a full batch leave in the turn in which it filled, without a timer', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      maxBatchSize: 3,
      maxQueueTime: Infinity,
      clock,
    })
    void batcher.process(1)
    void batcher.process(2)
    await settle()
    expect(batches.calls).toHaveLength(0)

    let turnEnded = false
    process.nextTick(() => {
      turnEnded = true
    })
    void batcher.process(3)
    await null
    expect(turnEnded).toBe(false)
    expect(batches.items).toEqual([[1, 2, 3]])
    expect(clock.timerCount).toBe(0)
  })

  it('never calls the batch function inside process(), even by the item that fills the batch', () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2, concurrency: Infinity })
    for (const item of range(10)) {
      void batcher.process(item)
      expect(batches.calls).toHaveLength(0)
    }
    expect(batcher.queuedCount).toBe(0)
  })

  it('sends batches first in, first out, whatever order they end in', async () => {
    const batches = manualBatches<number, string>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2, concurrency: 2 })
    const ended: (string | undefined)[] = []
    for (const item of range(8)) void batcher.process(item).then((result) => ended.push(result))
    await settle()
    expect(batches.items).toEqual([
      [0, 1],
      [2, 3],
    ])
    batches.calls[1]?.resolve(['2', '3'])
    await settle()
    expect(batches.items[2]).toEqual([4, 5])
    batches.calls[2]?.resolve(['4', '5'])
    await settle()
    expect(batches.items[3]).toEqual([6, 7])
    batches.calls[0]?.resolve(['0', '1'])
    batches.calls[3]?.resolve(['6', '7'])
    await settle()
    expect(ended).toEqual(['2', '3', '4', '5', '0', '1', '6', '7'])
  })
})
