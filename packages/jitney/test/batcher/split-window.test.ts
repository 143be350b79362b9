import { Batcher, RateLimiter } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { processEach } from '../support/observe.ts'

describe('a half that a rate limit holds back', () => {
  it('takes the timer from the window of the queue, which nothing of it may pass', async () => {
    const clock = new ManualClock()
    const rateLimit = new RateLimiter({ limit: 1, interval: 1000, clock })
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      clock,
      rateLimit,
      concurrency: 4,
      maxBatchSize: 2,
      maxQueueTime: 50,
      splitOnError: true,
    })
    processEach(batcher, [0, 1])
    await settle()
    processEach(batcher, [2])
    await settle()
    expect([batches.items, clock.timerCount]).toEqual([[[0, 1]], 1])
    batches.calls[0]?.reject(new Error('down'))
    await settle()
    // That of the limiter alone: the window would ring for nothing.
    expect([batcher.queuedCount, rateLimit.queued, clock.timerCount]).toEqual([3, 1, 1])
    for (let batch = 1; batch <= 3; batch += 1) await clock.advance(1000)
    expect(batches.items.slice(1)).toEqual([[0], [1], [2]])
    expect([rateLimit.queued, clock.timerCount]).toEqual([0, 0])
    batcher.abort()
  })
})
