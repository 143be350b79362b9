import { Batcher, BatchTimeoutError, QueueFullError } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { endUntil, processAbortably, processInTurns } from '../support/callers.ts'
import { range } from '../support/departures.ts'
import { observe, processEach, statuses } from '../support/observe.ts'

describe('an item of high priority', () => {
  it('does not get past a full queue', async () => {
    const batcher = new Batcher((items: string[]) => items, { maxQueueSize: 2 })
    batcher.pause()
    processEach(batcher, ['a', 'b'])
    const refused = observe(batcher.process('c', { priority: 1e9 }))
    await settle()
    expect(refused.reason).toBeInstanceOf(QueueFullError)
    expect(batcher.queuedCount).toBe(2)
    await batcher.close()
  })

  it('waits for room behind those who came before it, and leaves before them from then on', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      maxBatchSize: 1,
      maxQueueSize: 2,
      overflow: 'wait',
    })
    processEach(batcher, ['x', 'a', 'b', 'c'])
    void batcher.process('high', { priority: 1 })
    expect(batcher.stats()).toMatchObject({ active: 1, queued: 2, waiting: 2 })
    await settle()
    await endUntil(batches, 5)
    expect(batches.items).toEqual([['x'], ['a'], ['b'], ['high'], ['c']])
  })

  it('leaves in its place when its caller aborts, and so do the others', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2 })
    batcher.pause()
    const low = processAbortably(batcher, 'low', { priority: -1 })
    processEach(batcher, ['a'])
    const high = processAbortably(batcher, 'high', { priority: 1 })
    processEach(batcher, ['b', 'c'])
    high.controller.abort('gone')
    low.controller.abort('gone')
    expect(batcher.queuedCount).toBe(3)
    batcher.resume()
    await settle()
    await endUntil(batches, 2)
    expect(batches.items).toEqual([['a', 'b'], ['c']])
    expect([low.caller.reason, high.caller.reason]).toEqual(['gone', 'gone'])
  })

  it('decides who leaves when the batch is full, by size and by weight', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      weight: { of: (item) => item, max: 10 },
    })
    batcher.pause()
    processEach(batcher, [2, 3])
    void batcher.process(6, { priority: 1 })
    void batcher.process(4, { priority: 2 })
    processEach(batcher, [1])
    batcher.resume()
    await settle()
    await endUntil(batches, 2)
    expect(batches.items).toEqual([
      [4, 6],
      [2, 3, 1],
    ])
  })

  it('is first in a batch that it does not fit into: nothing skips ahead', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      weight: { of: (item) => item, max: 10 },
    })
    batcher.pause()
    processEach(batcher, [1])
    void batcher.process(7, { priority: 1 })
    void batcher.process(4, { priority: 2 })
    batcher.resume()
    await settle()
    await endUntil(batches, 2)
    expect(batches.items).toEqual([[4], [7, 1]])
  })

  it('counts within its key alone: the key with the oldest item goes first', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey: (item) => item[0] })
    await processInTurns(batcher, ['x1', 'a1', 'b1'])
    observe(batcher.process('b2', { priority: 1e6 }))
    observe(batcher.process('a2', { priority: 1 }))
    await endUntil(batches, 3)
    expect(batches.items).toEqual([['x1'], ['a2', 'a1'], ['b2', 'b1']])
  })
})

describe('an item of low priority', () => {
  it('leaves at the end of its window, which others do not move', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueTime: 100, clock })
    observe(batcher.process('low', { priority: -9 }))
    await clock.advance(70)
    observe(batcher.process('high', { priority: 9 }))
    await clock.advance(29)
    expect(batches.calls).toHaveLength(0)
    expect(batcher.stats().oldestAge).toBe(99)
    await clock.advance(1)
    expect(batches.items).toEqual([['high', 'low']])
    expect(batches.calls[0]?.context.reason).toBe('time')
  })

  it('makes its key the oldest, though others of that key leave before it', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey: (item) => item[0],
      maxBatchSize: 1,
    })
    await processInTurns(batcher, ['x'])
    observe(batcher.process('a-low', { priority: -1 }))
    await settle()
    await processInTurns(batcher, ['b1', 'a1'])
    await endUntil(batches, 4)
    expect(batches.items).toEqual([['x'], ['a1'], ['a-low'], ['b1']])
  })

  it('is overdue once a batch has left without it: it takes the next slot', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      maxQueueTime: 100,
      maxBatchSize: 2,
      clock,
    })
    processEach(batcher, ['x', 'y'])
    await settle()
    observe(batcher.process('low', { priority: -1 }))
    await clock.advance(150)
    processEach(batcher, ['a', 'b'])
    batches.calls[0]?.resolve(['', ''])
    await settle()
    expect(batches.items[1]).toEqual(['a', 'b'])
    batches.calls[1]?.resolve(['', ''])
    await settle()
    expect(batches.items[2]).toEqual(['low'])
    expect(batches.calls[2]?.context.reason).toBe('time')
    expect(clock.now()).toBe(150)
  })
})

describe('priorities with close, abort, settings and timeouts', () => {
  it('order what close sends', async () => {
    const sent: number[] = []
    const batcher = new Batcher(
      (items: number[]) => {
        sent.push(...items)
        return items
      },
      { maxBatchSize: 2, maxQueueTime: Infinity },
    )
    batcher.pause()
    const callers = range(6).map((priority) => observe(batcher.process(priority, { priority })))
    await batcher.close()
    expect(sent).toEqual([5, 4, 3, 2, 1, 0])
    expect(statuses(callers)).toEqual(Array(6).fill('fulfilled'))
  })

  it('change nothing for abort(), which rejects everybody once', async () => {
    const batcher = new Batcher((items: number[]) => items)
    batcher.pause()
    const callers = range(6).map((priority) => observe(batcher.process(priority, { priority })))
    batcher.abort('over')
    await settle()
    expect(callers.map(({ reason }) => reason)).toMatchObject(
      range(6).map(() => ({ started: false, cause: 'over' })),
    )
    expect(batcher.stats()).toMatchObject({ queued: 0, rejected: 6 })
  })

  it('hold for what a smaller maxBatchSize sends', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueTime: Infinity })
    for (const priority of range(5)) observe(batcher.process(priority, { priority }))
    batcher.maxBatchSize = 2
    await settle()
    batcher.maxBatchSize = 3
    await endUntil(batches, 2)
    expect(batches.items).toEqual([
      [4, 3],
      [2, 1, 0],
    ])
  })

  it('decide who takes the slot of a batch that timed out, once it is free', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { timeout: 50, maxBatchSize: 1, clock })
    const [late] = processEach(batcher, ['late', 'a'])
    await clock.advance(50)
    expect(late?.reason).toBeInstanceOf(BatchTimeoutError)
    observe(batcher.process('b', { priority: 1 }))
    batches.calls[0]?.resolve([''])
    await settle()
    expect(batches.items[1]).toEqual(['b'])
  })
})
