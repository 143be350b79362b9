import { Batcher, BatchTimeoutError, QueueFullError } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { processAbortably } from '../support/callers.ts'
import { departuresOn, range } from '../support/departures.ts'
import { observe, type Observed, processEach, statuses } from '../support/observe.ts'

/** Items that weigh what they are. */
const weight = { of: (item: number) => item, max: 10 }

describe('a caller of a Batcher with weights who aborts', () => {
  it('frees the weight of a queued item, which never leaves', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { weight, maxQueueTime: Infinity })
    const { caller, controller } = processAbortably(batcher, 6)
    processEach(batcher, [3])
    controller.abort('gone')
    processEach(batcher, [6])
    await settle()
    expect(caller.reason).toBe('gone')
    expect(batches.calls).toHaveLength(0)
    processEach(batcher, [1])
    await settle()
    expect(batches.items).toEqual([[3, 6, 1]])
  })

  it('makes a batch that was full while slots were busy part-filled again', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { weight, maxQueueTime: 100, clock })
    processEach(batcher, [10])
    await settle()
    processEach(batcher, [3])
    const { controller } = processAbortably(batcher, 7)
    controller.abort()
    batches.calls[0]?.resolve([10])
    await clock.advance(99)
    expect(batches.calls).toHaveLength(1)
    await clock.advance(1)
    expect(batches.items[1]).toEqual([3])
    expect(batches.calls[1]?.context.reason).toBe('time')
  })

  it('lets those behind a heavy item move up', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { weight })
    batcher.pause()
    processEach(batcher, [4])
    const { controller } = processAbortably(batcher, 9)
    processEach(batcher, [5, 2])
    controller.abort()
    batcher.resume()
    await settle()
    expect(batches.items).toEqual([[4, 5]])
  })

  it('frees weight and place for those who wait for room', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      weight,
      maxQueueSize: 3,
      overflow: 'wait',
    })
    batcher.pause()
    processEach(batcher, [2])
    const queued = processAbortably(batcher, 8)
    processEach(batcher, [3])
    const waiting = processAbortably(batcher, 9)
    processEach(batcher, [4, 5])
    expect(batcher.stats()).toMatchObject({ queued: 3, waiting: 3 })
    waiting.controller.abort()
    queued.controller.abort()
    expect(batcher.stats()).toMatchObject({ queued: 3, waiting: 1 })
    batcher.resume()
    await settle()
    expect(batches.items).toEqual([[2, 3, 4]])
    expect(batcher.stats()).toMatchObject({ queued: 1, waiting: 0 })
  })

  it('changes nothing for the queue once its item has left', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { weight, maxQueueTime: Infinity })
    const { caller, controller } = processAbortably(batcher, 10)
    processEach(batcher, [4])
    await settle()
    controller.abort()
    processEach(batcher, [5])
    batches.calls[0]?.resolve([10])
    await settle()
    expect(caller.status).toBe('rejected')
    expect(batches.items).toEqual([[10]])
    processEach(batcher, [1])
    await settle()
    expect(batches.items[1]).toEqual([4, 5, 1])
  })
})

describe('Batcher.weight with a bound', () => {
  it('counts a queue at its bound as full, however light', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      weight,
      maxQueueSize: 3,
      maxQueueTime: Infinity,
    })
    processEach(batcher, [1, 0, 1])
    await settle()
    expect(batches.items).toEqual([[1, 0, 1]])
    expect(batches.calls[0]?.context.reason).toBe('size')
  })

  it('refuses by the number of items, not by their weight', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { weight, maxQueueSize: 3 })
    batcher.pause()
    const callers = processEach(batcher, [10, 10, 10, 0])
    await settle()
    expect(statuses(callers)).toEqual(['pending', 'pending', 'pending', 'rejected'])
    expect(callers[3]?.reason).toBeInstanceOf(QueueFullError)
  })

  it('fills each batch from those who wait for room, in the order in which they came', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      weight,
      maxQueueSize: 2,
      overflow: 'wait',
    })
    const callers: Observed<number>[] = processEach(batcher, [9, 9, 1, 8, 1, 2, 3])
    for (const [index, items] of [[9], [9, 1], [8, 1], [2, 3]].entries()) {
      await settle()
      expect(batches.items[index]).toEqual(items)
      expect(batcher.queuedCount).toBeLessThanOrEqual(2)
      batches.calls[index]?.resolve(items)
    }
    await settle()
    expect(statuses(callers)).toEqual(Array(7).fill('fulfilled'))
  })
})

describe('Batcher.weight with flush, pause, close, abort and settings', () => {
  it('sends what is flushed in batches that fit', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { weight, maxQueueTime: Infinity })
    batcher.pause()
    processEach(batcher, [6, 3, 2, 5])
    const flushed = observe(batcher.flush())
    processEach(batcher, [1])
    for (const [index, items] of [
      [6, 3],
      [2, 5],
    ].entries()) {
      await settle()
      expect(batches.items[index]).toEqual(items)
      expect(flushed.status).toBe('pending')
      batches.calls[index]?.resolve(items)
    }
    await settle()
    expect(flushed.status).toBe('fulfilled')
    expect(batches.calls).toHaveLength(2)
    expect(batcher.queuedCount).toBe(1)
  })

  it('holds a full batch while it is paused, and sends it at once afterwards', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { weight, maxQueueTime: Infinity })
    batcher.pause()
    processEach(batcher, [5, 5])
    await settle()
    expect(batches.calls).toHaveLength(0)
    batcher.resume()
    await settle()
    expect(batches.items).toEqual([[5, 5]])
    expect(batches.calls[0]?.context.reason).toBe('size')
  })

  it('sends all that is queued in batches that fit when it closes', async () => {
    const sent: number[][] = []
    const batcher = new Batcher(
      (items: number[]) => {
        sent.push([...items])
        return items
      },
      { weight, maxQueueTime: Infinity },
    )
    batcher.pause()
    const callers = processEach(batcher, [6, 6, 4, 0, 9])
    await batcher.close()
    expect(sent).toEqual([[6], [6, 4, 0], [9]])
    expect(statuses(callers)).toEqual(Array(5).fill('fulfilled'))
  })

  it('rejects everybody on abort(), those whose item was too heavy to ride included', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { weight })
    const callers = processEach(batcher, [6, 6])
    await settle()
    batcher.abort('over')
    await settle()
    expect(callers.map((caller) => caller.reason)).toMatchObject([
      { name: 'BatchAbortedError', started: true, cause: 'over' },
      { name: 'BatchAbortedError', started: false, cause: 'over' },
    ])
    expect(batcher).toMatchObject({ state: 'closed', queuedCount: 0 })
  })

  it('goes by a maxBatchSize that changes, beside the weight', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      weight,
      maxQueueTime: Infinity,
      concurrency: Infinity,
    })
    processEach(batcher, [1, 1, 1])
    batcher.maxBatchSize = 2
    await settle()
    expect(batches.items).toEqual([[1, 1]])
    batcher.maxBatchSize = 50
    processEach(batcher, Array<number>(8).fill(1))
    await settle()
    expect(batches.calls).toHaveLength(1)
    processEach(batcher, [1])
    await settle()
    expect(batches.items[1]).toEqual(Array(10).fill(1))
  })

  it('weighs on while a batch that timed out holds its slot', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { weight, timeout: 50, clock })
    const [late] = processEach(batcher, [10])
    await clock.advance(50)
    expect(late?.reason).toBeInstanceOf(BatchTimeoutError)
    processEach(batcher, [7, 7])
    await clock.advance(1000)
    expect(batches.calls).toHaveLength(1)
    batches.calls[0]?.resolve([10])
    await settle()
    expect(batches.items[1]).toEqual([7])
  })

  it('gives processAll its results in input order, over several batches', async () => {
    const { departures, batchFunction } = departuresOn(new ManualClock())
    const batcher = new Batcher(batchFunction, { weight, concurrency: 2 })
    expect(await batcher.processAll(range(8, 1))).toEqual(range(8, 1))
    expect(departures.map(({ items }) => items)).toEqual([[1, 2, 3, 4], [5], [6], [7], [8]])
  })
})
