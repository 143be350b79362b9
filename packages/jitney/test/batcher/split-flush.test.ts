import { Batcher } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { observe, processEach, statuses } from '../support/observe.ts'

describe('halves of a batch, part of which was flushed before it left', () => {
  it('go despite a pause if one of their items was flushed, the others stay', async () => {
    const batches = manualBatches<number, number>()
    const clock = new ManualClock()
    const batcher = new Batcher(batches.batchFunction, { clock, splitOnError: true })
    processEach(batcher, [0])
    await settle()
    const callers = [observe(batcher.process(1))]
    const flushed = observe(batcher.flush())
    callers.push(...processEach(batcher, [2, 3, 4]))
    batches.calls[0]?.resolve([0])
    await settle()
    expect(batches.items).toEqual([[0], [1, 2, 3, 4]])
    batcher.pause()
    batches.calls[1]?.reject(new Error('down'))
    await settle()
    expect(batches.items.slice(2)).toEqual([[1, 2]])
    batches.calls[2]?.resolve([1, 2])
    await settle()
    expect(flushed.status).toBe('fulfilled')
    expect(statuses(callers)).toEqual(['fulfilled', 'fulfilled', 'pending', 'pending'])
    expect([batches.calls.length, batcher.queuedCount]).toEqual([3, 2])
    batcher.resume()
    await settle()
    expect(batches.items.slice(3)).toEqual([[3, 4]])
    batches.calls[3]?.resolve([3, 4])
  })
})
