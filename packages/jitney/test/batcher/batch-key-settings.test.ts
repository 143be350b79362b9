import { Batcher, BatchTimeoutError } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { processEach } from '../support/observe.ts'

/** The key of 'a1' is 'a'. */
const batchKey = (item: string) => item[0]

describe('Batcher.batchKey with settings and timeouts', () => {
  it('sends every key that a smaller maxBatchSize fills, the oldest first', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey, maxQueueTime: Infinity })
    processEach(batcher, ['p1', 'c1', 'a1', 'a2', 'c2', 'c3'])
    await settle()
    expect(batches.calls).toHaveLength(0)
    batcher.maxBatchSize = 2
    await settle()
    batches.calls[0]?.resolve(['', ''])
    await settle()
    batches.calls[1]?.resolve(['', ''])
    await settle()
    expect(batches.items).toEqual([
      ['c1', 'c2'],
      ['a1', 'a2'],
    ])
    expect(batcher.queuedCount).toBe(2)
  })

  it('keeps those back that a larger maxBatchSize leaves part-filled', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey,
      maxBatchSize: 2,
      maxQueueTime: Infinity,
    })
    processEach(batcher, ['x1', 'x2', 'a1', 'a2', 'b1', 'b2', 'b3'])
    await settle()
    batcher.maxBatchSize = 3
    batches.calls[0]?.resolve(['', ''])
    await settle()
    expect(batches.items.slice(1)).toEqual([['b1', 'b2', 'b3']])
    batches.calls[1]?.resolve(['', '', ''])
    batcher.maxBatchSize = 4
    batcher.maxBatchSize = 3
    processEach(batcher, ['a3'])
    await settle()
    expect(batches.items[2]).toEqual(['a1', 'a2', 'a3'])
  })

  it('lets as many keys leave as concurrency was raised by', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey })
    processEach(batcher, ['a1', 'b1', 'c1', 'd1'])
    await settle()
    batcher.concurrency = 3
    await settle()
    expect(batches.items).toEqual([['a1'], ['b1'], ['c1']])
  })

  it('measures a changed maxQueueTime from the oldest item of each key', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey,
      maxQueueTime: Infinity,
      concurrency: Infinity,
      clock,
    })
    processEach(batcher, ['a1'])
    await clock.advance(50)
    processEach(batcher, ['b1'])
    batcher.maxQueueTime = 80
    await clock.advance(30)
    expect(batches.items).toEqual([['a1']])
    await clock.advance(50)
    expect(batches.items[1]).toEqual(['b1'])
  })

  it('lets the slot of a batch that timed out serve the next key once it is free', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey, timeout: 50, clock })
    const callers = processEach(batcher, ['a1', 'b1', 'a2'])
    await clock.advance(50)
    expect(callers.map(({ reason }) => reason instanceof BatchTimeoutError)).toEqual([
      true,
      false,
      true,
    ])
    expect(batcher.stats()).toMatchObject({ active: 1, abandoned: 1, queued: 1 })
    batches.calls[0]?.resolve(['', ''])
    await settle()
    expect(batches.items[1]).toEqual(['b1'])
    batches.calls[1]?.resolve(['done'])
    await settle()
    expect(callers[1]?.value).toBe('done')
    expect(clock.timerCount).toBe(0)
  })
})
