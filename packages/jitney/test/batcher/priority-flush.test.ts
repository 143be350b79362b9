import { Batcher } from 'jitney'
import { manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { endUntil } from '../support/callers.ts'
import { observe, processEach } from '../support/observe.ts'

describe('an item of high priority and flush()', () => {
  it('does not ride with what was flushed before it came, while the batcher is paused', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2 })
    void batcher.process('x')
    await settle()
    batcher.pause()
    processEach(batcher, ['a', 'b', 'c'])
    const flushed = observe(batcher.flush())
    for (const item of ['later', 'latest']) void batcher.process(item, { priority: 9 })
    batches.calls[0]?.resolve([''])
    await settle()
    expect(batches.items[1]).toEqual(['a', 'b'])
    batches.calls[1]?.resolve(['', ''])
    await settle()
    expect(batches.items[2]).toEqual(['c'])
    batches.calls[2]?.resolve([''])
    await settle()
    expect(flushed.status).toBe('fulfilled')
    expect(batches.calls).toHaveLength(3)
    batcher.resume()
    await settle()
    expect(batches.items[3]).toEqual(['later', 'latest'])
  })

  it('does not hold up those that were flushed before it, however heavy it is', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      weight: { of: (item) => item, max: 10 },
    })
    batcher.pause()
    processEach(batcher, [4, 3])
    const flushed = observe(batcher.flush())
    void batcher.process(10, { priority: 9 })
    void batcher.process(1, { priority: 8 })
    await settle()
    expect(batches.items).toEqual([[4, 3]])
    batches.calls[0]?.resolve([4, 3])
    await settle()
    expect(flushed.status).toBe('fulfilled')
    batcher.resume()
    await settle()
    expect(batches.items[1]).toEqual([10])
  })

  it('is flushed together with those of its time, in their order', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      maxQueueTime: Infinity,
      maxBatchSize: 2,
    })
    batcher.pause()
    processEach(batcher, ['a', 'b'])
    void batcher.process('c', { priority: 1 })
    const flushed = observe(batcher.flush())
    await settle()
    batches.calls[0]?.resolve(['', ''])
    await settle()
    batches.calls[1]?.resolve([''])
    await settle()
    expect(batches.items).toEqual([['c', 'a'], ['b']])
    expect(flushed.status).toBe('fulfilled')
  })

  it('lets what was flushed leave without company all the same, when it is not paused', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      maxQueueTime: Infinity,
      maxBatchSize: 3,
    })
    void batcher.process('x')
    const first = observe(batcher.flush())
    await settle()
    void batcher.process('a')
    const second = observe(batcher.flush())
    for (const item of ['b', 'c', 'd']) void batcher.process(item, { priority: 1 })
    await endUntil(batches, 3)
    expect(batches.items).toEqual([['x'], ['b', 'c', 'd'], ['a']])
    expect([first.status, second.status]).toEqual(['fulfilled', 'pending'])
    batches.calls[2]?.resolve([''])
    await settle()
    expect(second.status).toBe('fulfilled')
  })
})
