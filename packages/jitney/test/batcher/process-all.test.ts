import { Batcher } from 'jitney'
import { manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, reasonOf } from '../support/observe.ts'

describe('Batcher.processAll() and Batcher.processAllSettled()', () => {
  it('give the results in input order, whatever order the batches end in', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2, concurrency: 2 })
    const results = observe(batcher.processAll(new Set([1, 2, 3, 4])))
    await settle()
    batches.calls[1]?.resolve([30, 40])
    await settle()
    expect(results.status).toBe('pending')
    batches.calls[0]?.resolve([10, 20])
    await settle()
    expect(results.value).toEqual([10, 20, 30, 40])
  })

  it('reject on the first failure, or tell how each ended', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2, concurrency: 2 })
    const bad = new Error('bad')
    const all = observe(batcher.processAll([1, 2]))
    const each = observe(batcher.processAllSettled([3, 4]))
    await settle()
    batches.calls[0]?.resolve([bad, 20])
    batches.calls[1]?.resolve([30, bad])
    await settle()
    expect(all.reason).toBe(bad)
    expect(each.value).toEqual([
      { status: 'fulfilled', value: 30 },
      { status: 'rejected', reason: bad },
    ])
  })

  it('reject before all are settled', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1, concurrency: 2 })
    const all = observe(batcher.processAll([1, 2]))
    await settle()
    batches.calls[1]?.resolve([new Error('bad')])
    await settle()
    expect(all).toMatchObject({ status: 'rejected', reason: { message: 'bad' } })
    expect(batcher.activeCount).toBe(1)
  })

  it('end at once when their signal aborts', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2 })
    const controller = new AbortController()
    const all = observe(batcher.processAll(range(5), { signal: controller.signal }))
    const each = observe(batcher.processAllSettled(range(2), { signal: controller.signal }))
    await settle()
    controller.abort('enough')
    await settle()
    expect(all).toEqual({ status: 'rejected', reason: 'enough' })
    expect(each.value).toEqual(range(2).map(() => ({ status: 'rejected', reason: 'enough' })))
    expect(batcher.queuedCount).toBe(0)
  })

  it('give nothing for nothing, without a batch', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    expect(await batcher.processAll([])).toEqual([])
    expect(await batcher.processAllSettled(new Set<number>())).toEqual([])
    expect(batches.calls).toHaveLength(0)
  })

  it('hand over nothing when the iteration throws', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    let closed = 0
    function* items() {
      try {
        yield 1
        yield 2
        throw new Error('no more')
      } finally {
        closed += 1
      }
    }
    expect(await reasonOf(batcher.processAll(items()))).toMatchObject({ message: 'no more' })
    expect(await reasonOf(batcher.processAllSettled(items()))).toMatchObject({ message: 'no more' })
    expect(batcher.queuedCount).toBe(0)
    await settle()
    expect(batches.calls).toHaveLength(0)
    expect(closed).toBe(2)
  })
})
