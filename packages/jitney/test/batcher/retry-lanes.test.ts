import { Batcher, outcome } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { stubJitter } from '../support/jitter.ts'
import { observe, processEach, statuses } from '../support/observe.ts'

const down = new Error('down')
const retry = { attempts: 3 }

beforeEach(() => {
  stubJitter(0.5)
})

describe('another attempt with keys', () => {
  const batchKey = (item: string) => item[0]

  it('goes to the front of its own key, and takes along whoever has the same', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, number>()
    const options = { batchKey, retry, maxQueueTime: Infinity, maxBatchSize: 2, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    processEach(batcher, ['a1', 'a2'])
    await settle()
    batches.calls[0]?.reject(down)
    await settle()
    batcher.maxBatchSize = 4
    processEach(batcher, ['b1', 'a3', 'b2'])
    await clock.advance(50)
    expect(batches.items[1]).toEqual(['a1', 'a2', 'a3'])
    expect(batches.calls[1]?.context).toMatchObject({ key: 'a', reason: 'retry' })
    expect(batcher.queuedCount).toBe(2)
  })

  it('makes its key the one that waited longest', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, number>()
    const batcher = new Batcher(batches.batchFunction, { batchKey, retry, clock })
    processEach(batcher, ['a1'])
    await settle()
    batcher.pause()
    batches.calls[0]?.reject(down)
    processEach(batcher, ['b1'])
    await clock.advance(50)
    batcher.resume()
    await settle()
    batches.calls[1]?.resolve([1])
    await settle()
    expect(batches.items.slice(1)).toEqual([['a1'], ['b1']])
  })

  it('leaves when it is due, though another key waits for time', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, number>()
    const options = { batchKey, retry, maxQueueTime: 20, concurrency: 2, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    processEach(batcher, ['a1'])
    await clock.advance(20)
    batches.calls[0]?.reject(down)
    await clock.advance(45)
    processEach(batcher, ['b1', 'a2'])
    await clock.advance(5)
    expect(batches.items.slice(1)).toEqual([['a1', 'a2']])
    await clock.advance(15)
    expect(batches.items.slice(2)).toEqual([['b1']])
  })

  it('waits apart for each key', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, number>()
    const batcher = new Batcher(batches.batchFunction, { batchKey, retry, concurrency: 2, clock })
    processEach(batcher, ['a1', 'b1', 'a2'])
    await settle()
    batches.calls[0]?.reject(down)
    await clock.advance(25)
    batches.calls[1]?.reject(down)
    await clock.advance(25)
    expect(batches.items.slice(2)).toEqual([['a1', 'a2']])
    await clock.advance(25)
    expect(batches.items.slice(3)).toEqual([['b1']])
    expect(clock.timerCount).toBe(0)
  })

  it('does not take another key along when the queue is at its bound', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, number>()
    const options = { batchKey, retry, maxQueueSize: 1, concurrency: 2, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    processEach(batcher, ['a1'])
    await settle()
    batcher.pause()
    batches.calls[0]?.reject(down)
    processEach(batcher, ['b1'])
    await clock.advance(50)
    batcher.resume()
    await settle()
    expect(batches.items.slice(1)).toEqual([['a1'], ['b1']])
  })

  it('leaves when it is due, though a key that is older waits for company', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, number>()
    const options = { batchKey, retry, maxQueueTime: 1000, maxBatchSize: 2, concurrency: 2, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    processEach(batcher, ['a1', 'b1', 'b2'])
    await settle()
    batches.calls[0]?.resolve([1, outcome.retry()])
    await clock.advance(50)
    expect(batches.items).toEqual([['b1', 'b2'], ['b2']])
    await clock.advance(950)
    expect(batches.items.slice(2)).toEqual([['a1']])
  })
})

describe('another attempt with weights', () => {
  const weight = { of: (item: number) => item, max: 10 }

  it('weighs what it weighed, and nothing skips ahead of what does not fit', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { weight, retry, clock })
    processEach(batcher, [6, 3])
    await settle()
    batcher.pause()
    batches.calls[0]?.reject(down)
    processEach(batcher, [2, 1, 4])
    await clock.advance(50)
    batcher.resume()
    await settle()
    batches.calls[1]?.resolve([0, 0])
    await settle()
    expect(batches.items.slice(1)).toEqual([
      [6, 3],
      [2, 1, 4],
    ])
  })

  it('fills a batch by its weight together with those who came since', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const options = { weight, retry, maxQueueTime: Infinity, concurrency: 2, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    processEach(batcher, [6, 4])
    await settle()
    batches.calls[0]?.reject(down)
    await settle()
    processEach(batcher, [3])
    await clock.advance(50)
    expect(batches.items.slice(1)).toEqual([[6, 4]])
    expect(batcher.queuedCount).toBe(1)
    batches.calls[1]?.resolve([0, 0])
    processEach(batcher, [7])
    await settle()
    expect(batches.items.slice(2)).toEqual([[3, 7]])
  })

  it('frees its weight when its caller aborts', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { weight, retry, clock })
    const controller = new AbortController()
    observe(batcher.process(6, { signal: controller.signal }))
    processEach(batcher, [4])
    await settle()
    batcher.pause()
    batches.calls[0]?.reject(down)
    await clock.advance(50)
    const fresh = processEach(batcher, [1, 5])
    controller.abort()
    batcher.resume()
    await settle()
    expect(batches.items[1]).toEqual([4, 1, 5])
    expect(statuses(fresh)).toEqual(['pending', 'pending'])
  })
})

describe('another attempt with priorities', () => {
  it('keeps the order of arrival among those that failed together', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const options = { retry, maxQueueTime: 10, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    for (const item of range(4)) {
      void batcher.process(item, { priority: item })
      await clock.advance(1)
    }
    await clock.advance(10)
    expect(batches.items[0]).toEqual([3, 2, 1, 0])
    batches.calls[0]?.reject(down)
    await clock.advance(50)
    expect(batches.items[1]).toEqual([0, 1, 2, 3])
  })
})
