import { Batcher, QueueFullError } from 'jitney'
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

describe('items that are due for another attempt', () => {
  it('leave at once when a slot is free, and whoever waits for company rides along', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const options = { maxQueueTime: Infinity, maxBatchSize: 2, retry, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    processEach(batcher, range(2))
    await settle()
    batches.calls[0]?.reject(down)
    await settle()
    batcher.maxBatchSize = 4
    processEach(batcher, [2])
    await clock.advance(49)
    expect(batches.calls).toHaveLength(1)
    await clock.advance(1)
    expect(batches.items[1]).toEqual([0, 1, 2])
    expect(batches.calls[1]?.context.reason).toBe('retry')
    expect(clock.timerCount).toBe(0)
  })

  it('go ahead of all who did not leave before, and those fill the batch up', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 3, retry, clock })
    processEach(batcher, range(2))
    await settle()
    batches.calls[0]?.reject(down)
    await settle()
    processEach(batcher, [2])
    await settle()
    processEach(batcher, [3, 4])
    await clock.advance(50)
    expect(batches.items.slice(1)).toEqual([[2]])
    expect(batcher.queuedCount).toBe(4)
    batches.calls[1]?.resolve([20])
    await settle()
    expect(batches.items[2]).toEqual([0, 1, 3])
    batches.calls[2]?.resolve([0, 10, 30])
    await settle()
    expect(batches.items[3]).toEqual([4])
  })

  it('are in the order in which they came, whoever of them has options', async () => {
    const { signal } = new AbortController()
    const several = [undefined, { signal }, { priority: 0 }, { signal, priority: 0 }]
    const clock = new ManualClock()
    const calls: number[][] = []
    const batcher = new Batcher(
      (items: number[]) => {
        calls.push([...items])
        if (calls.length % 2 === 1) throw down
        return items
      },
      { retry, clock },
    )
    const callers = []
    // Each pair of neighbours, in both orders.
    for (let round = 0; round < 16; round += 1) {
      const options = [several[round % 4], several[round >> 2], several[round % 4]]
      for (const [item, option] of options.entries()) {
        callers.push(observe(batcher.process(item, option)))
      }
      await clock.advance(50)
    }
    expect(calls).toEqual(range(32).map(() => range(3)))
    expect(new Set(statuses(callers))).toEqual(new Set(['fulfilled']))
  })

  it('go ahead of any priority', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2, retry, clock })
    void batcher.process(0, { priority: -1000 })
    await settle()
    batches.calls[0]?.reject(down)
    batcher.pause()
    for (const item of [1, 2]) void batcher.process(item, { priority: 1000 })
    await clock.advance(50)
    batcher.resume()
    await settle()
    expect(batches.items[1]).toEqual([0, 1])
  })

  it.each([
    ['one turn', 0],
    ['several turns', 1],
  ])('keep the order of arrival in %s, whichever came back first', async (_, turns) => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const options = { maxBatchSize: 1, concurrency: 4, retry, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    for (const item of range(4)) {
      processEach(batcher, [item])
      if (turns > 0) await clock.advance(1)
    }
    await settle()
    batcher.pause()
    for (const call of [2, 0, 3, 1]) {
      batches.calls[call]?.reject(down)
      await clock.advance(10)
    }
    await clock.advance(1000)
    batcher.maxBatchSize = 4
    batcher.resume()
    await settle()
    expect(batches.items[4]).toEqual(range(4))
  })

  it('ride together when they come from several batches', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const options = { maxBatchSize: 2, concurrency: 2, retry, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    processEach(batcher, range(4))
    await settle()
    batcher.pause()
    batcher.maxBatchSize = 3
    batcher.concurrency = 1
    batches.calls[0]?.reject(down)
    batches.calls[1]?.reject(down)
    await clock.advance(50)
    batcher.resume()
    await settle()
    expect(batches.items[2]).toEqual([0, 1, 2])
    batches.calls[2]?.resolve([0, 10, 20])
    await settle()
    expect(batches.items[3]).toEqual([3])
    expect(batches.calls[3]?.context.reason).toBe('retry')
  })

  it('are cut as any others when the size was lowered meanwhile', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { retry, clock })
    processEach(batcher, range(5))
    await settle()
    batcher.maxBatchSize = 2
    batches.calls[0]?.reject(down)
    await clock.advance(50)
    for (const call of [1, 2]) {
      batches.calls[call]?.resolve([0, 0])
      await settle()
    }
    expect(batches.items.slice(1)).toEqual([[0, 1], [2, 3], [4]])
  })

  it('wait for a slot like any others', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { concurrency: 1, retry, clock })
    processEach(batcher, [0])
    await settle()
    processEach(batcher, [1])
    batches.calls[0]?.reject(down)
    await clock.advance(1000)
    expect(batches.items).toEqual([[0], [1]])
    expect(batcher.stats()).toMatchObject({ queued: 1, active: 1 })
    expect(clock.timerCount).toBe(0)
    batches.calls[1]?.resolve([10])
    await settle()
    expect(batches.items[2]).toEqual([0])
  })

  it('keep their age', async () => {
    const clock = new ManualClock(500)
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { retry, clock })
    processEach(batcher, [0])
    await clock.advance(30)
    batches.calls[0]?.reject(down)
    batcher.pause()
    await clock.advance(100)
    expect(batcher.stats()).toMatchObject({ queued: 1, oldestAge: 130 })
  })

  it('leave in the turn in which they fill a batch, without waiting for time', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const options = { maxBatchSize: 2, maxQueueTime: 1e6, retry, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    processEach(batcher, range(2))
    await settle()
    batches.calls[0]?.reject(down)
    await clock.advance(50)
    expect(batches.items[1]).toEqual([0, 1])
    expect(clock.timerCount).toBe(0)
  })
})

describe('Batcher.maxQueueSize and items that wait for another attempt', () => {
  it('does not count them, neither in their delay nor once they are due', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueSize: 2, retry, clock })
    processEach(batcher, range(2))
    await settle()
    batcher.pause()
    batches.calls[0]?.reject(down)
    await settle()
    const fresh = processEach(batcher, [2])
    await clock.advance(50)
    fresh.push(...processEach(batcher, [3, 4]))
    await settle()
    expect(statuses(fresh)).toEqual(['pending', 'pending', 'rejected'])
    expect(fresh[2]?.reason).toBeInstanceOf(QueueFullError)
    expect(batcher.stats()).toMatchObject({ queued: 4, refused: 1 })
    batcher.resume()
    await settle()
    expect(batches.items[1]).toEqual(range(4))
    expect(statuses(processEach(batcher, [5, 6]))).toEqual(['pending', 'pending'])
  })

  it('does not take a queue of them for full', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const options = { maxQueueSize: 3, maxQueueTime: Infinity, retry, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    processEach(batcher, range(3))
    await settle()
    batcher.pause()
    batches.calls[0]?.reject(down)
    await clock.advance(1000)
    const fresh = processEach(batcher, [3, 4])
    expect(statuses(fresh)).toEqual(['pending', 'pending'])
    batcher.resume()
    await settle()
    expect(batches.items[1]).toEqual(range(5))
    expect(batches.calls[1]?.context.reason).toBe('retry')
  })

  it('lets callers who wait for room in as items of their kind leave, and no sooner', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      maxQueueSize: 2,
      maxBatchSize: 3,
      overflow: 'wait',
      retry,
      clock,
    })
    processEach(batcher, range(2))
    await settle()
    batcher.pause()
    batches.calls[0]?.reject(down)
    processEach(batcher, range(4, 2))
    await clock.advance(50)
    expect(batcher.stats()).toMatchObject({ queued: 4, waiting: 2 })
    batcher.resume()
    await settle()
    expect(batches.items[1]).toEqual([0, 1, 2])
    expect(batcher.stats()).toMatchObject({ queued: 2, waiting: 1 })
    batches.calls[1]?.resolve([0, 10, 20])
    await settle()
    expect(batches.items[2]).toEqual([3, 4])
    expect(batcher.stats()).toMatchObject({ queued: 1, waiting: 0 })
    batches.calls[2]?.resolve([30, 40])
    await settle()
    expect(batches.items[3]).toEqual([5])
  })

  it('gives the place of one who aborts in its delay to nobody: it held none', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const options = { maxQueueSize: 1, overflow: 'wait', retry, clock } as const
    const batcher = new Batcher(batches.batchFunction, options)
    const controller = new AbortController()
    observe(batcher.process(0, { signal: controller.signal }))
    await settle()
    batcher.pause()
    batches.calls[0]?.reject(down)
    await settle()
    processEach(batcher, [1, 2])
    expect(batcher.stats()).toMatchObject({ queued: 2, waiting: 1 })
    controller.abort()
    await settle()
    expect(batcher.stats()).toMatchObject({ queued: 1, waiting: 1 })
    batcher.resume()
    await settle()
    expect(batches.items[1]).toEqual([1])
  })

  it('gives no place for one who aborts once it is due', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const options = { maxQueueSize: 1, overflow: 'wait', retry, clock } as const
    const batcher = new Batcher(batches.batchFunction, options)
    const controller = new AbortController()
    observe(batcher.process(0, { signal: controller.signal }))
    await settle()
    batcher.pause()
    batches.calls[0]?.reject(down)
    await clock.advance(1000)
    processEach(batcher, [1, 2])
    controller.abort()
    await settle()
    expect(batcher.stats()).toMatchObject({ queued: 1, waiting: 1 })
    batcher.resume()
    await settle()
    expect(batches.items[1]).toEqual([1])
    batches.calls[1]?.resolve([10])
    await settle()
    expect(batches.items[2]).toEqual([2])
  })

  it('holds for others as before once they have left again', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueSize: 2, retry, clock })
    processEach(batcher, range(2))
    await settle()
    batches.calls[0]?.reject(down)
    await clock.advance(50)
    expect(batches.items[1]).toEqual([0, 1])
    const callers = processEach(batcher, [2, 3, 4])
    await settle()
    expect(statuses(callers)).toEqual(['pending', 'pending', 'rejected'])
    expect(callers[2]?.reason).toBeInstanceOf(QueueFullError)
  })
})
