import { Batcher } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { departuresOn, range } from '../support/departures.ts'
import { observe, processEach, statuses } from '../support/observe.ts'

/** Items that weigh what they are. */
const itself = { of: (item: number) => item, max: 10 }

describe('Batcher.weight', () => {
  it('lets a batch leave at once when its items reach the maximum', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { weight: itself, maxQueueTime: Infinity })
    processEach(batcher, [4, 5])
    await settle()
    expect(batches.calls).toHaveLength(0)
    processEach(batcher, [1])
    await settle()
    expect(batches.items).toEqual([[4, 5, 1]])
    expect(batches.calls[0]?.context.reason).toBe('size')
    expect(batcher.queuedCount).toBe(0)
  })

  it('lets it leave when the next item does not fit, which stays', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      weight: itself,
      maxQueueTime: Infinity,
      concurrency: Infinity,
    })
    processEach(batcher, [4, 7])
    await settle()
    expect(batches.items).toEqual([[4]])
    expect(batches.calls[0]?.context.reason).toBe('size')
    expect(batcher.queuedCount).toBe(1)
    processEach(batcher, [2])
    await settle()
    expect(batches.calls).toHaveLength(1)
    processEach(batcher, [1])
    await settle()
    expect(batches.items[1]).toEqual([7, 2, 1])
  })

  it('never cuts a batch that is heavier, and lets nothing skip ahead of what does not fit', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { weight: itself })
    batcher.pause()
    processEach(batcher, [4, 7, 1, 2, 8, 2, 10, 0, 9])
    batcher.resume()
    const expected = [[4], [7, 1, 2], [8, 2], [10, 0], [9]]
    for (const [index, items] of expected.entries()) {
      await settle()
      expect(batches.items[index]).toEqual(items)
      batches.calls[index]?.resolve(items)
    }
    await settle()
    expect(batches.calls).toHaveLength(expected.length)
    expect(batcher.stats()).toMatchObject({ fulfilled: 9, queued: 0, active: 0 })
  })

  it('holds beside maxBatchSize: whichever is met first', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      weight: itself,
      maxBatchSize: 3,
      maxQueueTime: Infinity,
      concurrency: Infinity,
    })
    processEach(batcher, [1, 1, 1, 6, 4, 1, 0])
    await settle()
    expect(batches.items).toEqual([
      [1, 1, 1],
      [6, 4],
    ])
    expect(batcher.queuedCount).toBe(2)
  })

  it('takes an item that weighs the maximum, and sends it at once', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { weight: itself, maxQueueTime: Infinity })
    const [caller] = processEach(batcher, [10])
    await settle()
    expect(batches.items).toEqual([[10]])
    batches.calls[0]?.resolve([11])
    await settle()
    expect(caller?.value).toBe(11)
  })

  it('counts what is queued, not what runs', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      weight: itself,
      maxQueueTime: Infinity,
      concurrency: 2,
    })
    processEach(batcher, [6, 4, 6])
    await settle()
    expect(batches.items).toEqual([[6, 4]])
    processEach(batcher, [4])
    await settle()
    expect(batches.items[1]).toEqual([6, 4])
  })

  it('lets a light batch wait for its window, and fills it while slots are busy', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const batcher = new Batcher(batchFunction, { weight: itself, maxQueueTime: 100, clock })
    processEach(batcher, [3])
    await clock.advance(60)
    processEach(batcher, [3])
    await clock.advance(1000)
    expect(departures).toEqual([{ at: 100, items: [3, 3], reason: 'time' }])
    expect(clock.timerCount).toBe(0)

    const batches = manualBatches<number, number>()
    const busy = new Batcher(batches.batchFunction, { weight: itself })
    processEach(busy, [1])
    await settle()
    for (const item of [2, 3, 4, 5]) {
      processEach(busy, [item])
      await settle()
    }
    batches.calls[0]?.resolve([1])
    await settle()
    expect(batches.items[1]).toEqual([2, 3, 4])
  })

  it('weighs each item once, when it comes, by itself', async () => {
    const weighed: unknown[][] = []
    const of = (...given: unknown[]) => {
      weighed.push(given)
      return 1
    }
    const batcher = new Batcher((items: number[]) => items, {
      weight: { of, max: 2 },
      maxQueueSize: 3,
      overflow: 'wait',
    })
    batcher.pause()
    processEach(batcher, range(4))
    expect(weighed).toEqual([[0], [1], [2], [3]])
    batcher.resume()
    await batcher.close()
    expect(batcher.stats()).toMatchObject({ batches: 2, fulfilled: 4 })
    expect(weighed).toHaveLength(4)
  })
})

describe('items of weight 0', () => {
  it('ride along with a batch that is full already', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { weight: itself })
    batcher.pause()
    processEach(batcher, [10, 0, -0, 0, 1])
    batcher.resume()
    await settle()
    expect(batches.items).toEqual([[10, 0, -0, 0]])
  })

  it('never fill a batch by their weight, but by their number', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      weight: itself,
      maxQueueTime: Infinity,
      maxBatchSize: 50,
    })
    processEach(batcher, Array<number>(49).fill(0))
    await settle()
    expect(batches.calls).toHaveLength(0)
    processEach(batcher, [0])
    await settle()
    expect(batches.items).toEqual([Array(50).fill(0)])
  })

  it('leave by themselves when their window ends', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const batcher = new Batcher(batchFunction, { weight: itself, maxQueueTime: 5, clock })
    processEach(batcher, [0])
    await clock.advance(5)
    expect(departures).toEqual([{ at: 5, items: [0], reason: 'time' }])
  })
})

describe('weights that are fractions', () => {
  /** Queues items whose callers all leave, the first one first. */
  function comeAndGo(batcher: Batcher<number, number>, items: readonly number[]): void {
    const controllers = items.map(() => new AbortController())
    for (const [index, item] of items.entries()) {
      observe(batcher.process(item, { signal: controllers[index]?.signal }))
    }
    for (const controller of controllers) controller.abort()
  }
  const options = { weight: { of: (item: number) => item, max: 1 }, maxQueueTime: Infinity }

  it('leave nothing behind in a queue that is empty again', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { ...options, concurrency: 2 })
    // The sum less its parts is -1.1e-16, then +5.5e-17.
    comeAndGo(batcher, [0.3, 0.6])
    processEach(batcher, [1])
    await settle()
    expect(batches.items).toEqual([[1]])
    comeAndGo(batcher, [0.1, 0.3])
    processEach(batcher, [1 - 2e-9])
    await settle()
    expect(batches.calls).toHaveLength(1)
    expect(batcher.queuedCount).toBe(1)
  })

  it('fill a batch when no more than rounding is missing', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, options)
    // Their sum is 1 - 1.1e-16.
    processEach(batcher, [0.7, 0.1, 0.1, 0.1])
    await settle()
    expect(batches.items).toEqual([[0.7, 0.1, 0.1, 0.1]])
  })

  it('leave nothing behind beside one that stays', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, options)
    batcher.pause()
    processEach(batcher, [0.3])
    comeAndGo(batcher, [0.3, 0.6])
    batcher.resume()
    processEach(batcher, [0.7])
    await settle()
    expect(batches.items).toEqual([[0.3, 0.7]])
  })

  it('add up in each batch anew, whatever left before', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { weight: { of: (item) => item, max: 1 } })
    batcher.pause()
    const callers = processEach(batcher, Array<number>(2000).fill(0.2))
    batcher.resume()
    for (const index of range(400)) {
      await settle()
      expect(batches.items[index]).toEqual(Array(5).fill(0.2))
      batches.calls[index]?.resolve(range(5))
    }
    await settle()
    expect(new Set(statuses(callers))).toEqual(new Set(['fulfilled']))
  })
})
