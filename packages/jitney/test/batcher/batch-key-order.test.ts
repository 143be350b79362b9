import { Batcher } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { endUntil, processInTurns } from '../support/callers.ts'
import { range } from '../support/departures.ts'
import { processEach } from '../support/observe.ts'

/** The key of 'a1' is 'a'. */
const batchKey = (item: string) => item[0]

describe('the order of keys that are due', () => {
  it('goes by who holds the oldest item, when slots come free', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey })
    await processInTurns(batcher, ['x1', 'c1', 'a1', 'b1', 'a2', 'c2'])
    await endUntil(batches, 4)
    expect(batches.items).toEqual([['x1'], ['c1', 'c2'], ['a1', 'a2'], ['b1']])
  })

  it('goes by arrival within a turn', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey })
    processEach(batcher, ['c1', 'a1', 'b1', 'a2', 'c2'])
    await settle()
    await endUntil(batches, 3)
    expect(batches.items).toEqual([['c1', 'c2'], ['a1', 'a2'], ['b1']])
  })

  it('goes by arrival among priorities too, once all were queued anew by close()', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey, maxBatchSize: 1 })
    const process = (item: string, priority = 0): unknown => batcher.process(item, { priority })
    void batcher.process('x1')
    await settle()
    for (const [item, priority] of [
      ['a0', 1],
      ['a1', 0],
      ['b1', -1],
      ['a2', 1],
      ['a3', 0],
    ] as const) {
      void process(item, priority)
    }
    await endUntil(batches, 2)
    batcher.maxBatchSize = 4
    void batcher.close()
    await endUntil(batches, 4)
    expect(batches.items).toEqual([['x1'], ['a0'], ['a2', 'a1', 'a3'], ['b1']])
  })

  it('looks again at what a key holds once some of it has left', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey, maxBatchSize: 2 })
    await processInTurns(batcher, ['x1', 'a1', 'a2', 'b1', 'a3', 'c1', 'a4', 'b2', 'c2'])
    await endUntil(batches, 5)
    expect(batches.items).toEqual([['x1'], ['a1', 'a2'], ['b1', 'b2'], ['a3', 'a4'], ['c1', 'c2']])
  })

  it('goes by the oldest item that still waits, once an older caller aborted', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey })
    const controller = new AbortController()
    await processInTurns(batcher, ['x1'])
    const aborted = batcher.process('a1', { signal: controller.signal })
    await processInTurns(batcher, ['b1', 'a2'])
    controller.abort('gone')
    await expect(aborted).rejects.toBe('gone')
    await endUntil(batches, 3)
    expect(batches.items).toEqual([['x1'], ['b1'], ['a2']])
  })

  it('holds among those whose window ended while slots were busy', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey, maxQueueTime: 100, clock })
    processEach(batcher, ['x1'])
    await clock.advance(100)
    for (const item of ['b1', 'a1', 'c1', 'a2']) {
      processEach(batcher, [item])
      await clock.advance(50)
    }
    await endUntil(batches, 3)
    expect(batches.items).toEqual([['x1'], ['b1'], ['a1', 'a2']])
    await endUntil(batches, 4, 2)
    expect(batches.items[3]).toEqual(['c1'])
    expect(clock.now()).toBe(300)
  })

  it('sends as many keys as slots are free', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey, concurrency: 3 })
    batcher.pause()
    await processInTurns(batcher, ['d1', 'b1', 'c1', 'a1', 'b2'])
    batcher.resume()
    await settle()
    expect(batches.items).toEqual([['d1'], ['b1', 'b2'], ['c1']])
  })
})

describe('a key that is full', () => {
  it('does not wait for an older one that is part-filled', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey,
      maxBatchSize: 2,
      maxQueueTime: 100,
      clock,
    })
    processEach(batcher, ['a1'])
    await clock.advance(10)
    processEach(batcher, ['b1', 'b2'])
    await settle()
    expect(batches.items).toEqual([['b1', 'b2']])
    batches.calls[0]?.resolve(['', ''])
    await clock.advance(89)
    expect(batches.calls).toHaveLength(1)
    await clock.advance(1)
    expect(batches.items[1]).toEqual(['a1'])
  })

  it('takes the slot in the turn in which it filled', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey, maxBatchSize: 2 })
    processEach(batcher, ['a1', 'b1', 'b2'])
    expect(batcher).toMatchObject({ activeCount: 1, queuedCount: 1 })
    await settle()
    expect(batches.items).toEqual([['b1', 'b2']])
  })

  it('goes after another full one whose oldest item waited longer, whichever filled first', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey,
      maxBatchSize: 2,
      maxQueueTime: Infinity,
    })
    await processInTurns(batcher, ['x1', 'x2', 'p1', 'c1', 'b1', 'a1', 'a2', 'b2', 'c2'])
    await endUntil(batches, 4)
    expect(batches.items).toEqual([
      ['x1', 'x2'],
      ['c1', 'c2'],
      ['b1', 'b2'],
      ['a1', 'a2'],
    ])
    expect(batcher.queuedCount).toBe(1)
  })

  it('goes by arrival among those that filled in one turn', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey,
      maxBatchSize: 2,
      maxQueueTime: Infinity,
    })
    processEach(batcher, ['x1', 'x2', 'p1', 'c1', 'b1', 'a1', 'a2', 'b2', 'c2'])
    await settle()
    await endUntil(batches, 4)
    expect(batches.items.slice(1)).toEqual([
      ['c1', 'c2'],
      ['b1', 'b2'],
      ['a1', 'a2'],
    ])
  })

  it('counts as the younger one it is once its oldest item has left', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey,
      maxBatchSize: 2,
      maxQueueTime: Infinity,
    })
    await processInTurns(batcher, ['x1', 'x2', 'a1', 'a2', 'b1', 'a3', 'b2', 'a4', 'a5'])
    await endUntil(batches, 4)
    expect(batches.items.slice(1)).toEqual([
      ['a1', 'a2'],
      ['b1', 'b2'],
      ['a3', 'a4'],
    ])
  })
})

describe('a key that is never full beside one that always is', () => {
  const full = (round: number) => range(2).map((index) => `b${round * 2 + index}`)

  it('takes the next slot that comes free once its window has ended', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey,
      maxBatchSize: 2,
      maxQueueTime: 100,
      clock,
    })
    for (const round of range(3)) processEach(batcher, full(round))
    await clock.advance(5)
    processEach(batcher, ['a1'])
    for (const round of range(20)) {
      await clock.advance(10)
      processEach(batcher, full(3 + round))
      batches.calls[round]?.resolve(['', ''])
      await settle()
    }
    // A batch ends at 15 ms, 25 ms and so on; what came at 5 ms is due at 105 ms.
    expect(batches.items.findIndex(([first]) => first === 'a1')).toBe(10)
  })

  it('is served without a window as well', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey, maxBatchSize: 2 })
    for (const round of range(3)) processEach(batcher, full(round))
    await settle()
    processEach(batcher, ['a1'])
    for (const round of range(50)) {
      await settle()
      processEach(batcher, full(3 + round))
      batches.calls[round]?.resolve(['', ''])
      await settle()
    }
    expect(batches.items).toContainEqual(['a1'])
  })

  it('waits for those items alone that came before its own', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey, maxBatchSize: 2 })
    await processInTurns(batcher, ['b1', 'b2', 'b3', 'b4', 'b5', 'a1', 'a2', 'b6', 'b7', 'b8'])
    await endUntil(batches, 5)
    expect(batches.items.slice(1)).toEqual([
      ['b2', 'b3'],
      ['b4', 'b5'],
      ['a1', 'a2'],
      ['b6', 'b7'],
    ])
  })
})
