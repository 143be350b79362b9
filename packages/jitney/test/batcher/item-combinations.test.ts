import { Batcher } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { endUntil, processAbortably, processInTurns } from '../support/callers.ts'
import { observe, processEach, reasonOf } from '../support/observe.ts'

/** 'a6' has the key 'a' and the weight 6. */
const items = {
  batchKey: (item: string) => {
    if (item === '') throw new Error('no key')
    return item[0]
  },
  weight: { of: (item: string) => Number(item.slice(1)), max: 10 },
}

describe('weights within keys', () => {
  it('add up for each key alone', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { ...items, maxQueueTime: Infinity })
    processEach(batcher, ['a6', 'b6', 'c9'])
    await settle()
    expect(batches.calls).toHaveLength(0)
    processEach(batcher, ['b4'])
    await settle()
    expect(batches.items).toEqual([['b6', 'b4']])
    expect(batcher.queuedCount).toBe(2)
  })

  it('are freed in the key of the caller who aborts', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      ...items,
      maxQueueTime: Infinity,
      concurrency: Infinity,
    })
    const { controller } = processAbortably(batcher, 'a6')
    processEach(batcher, ['b6', 'a1'])
    controller.abort()
    processEach(batcher, ['a8', 'b4'])
    await settle()
    expect(batches.items).toEqual([['b6', 'b4']])
    processEach(batcher, ['a1'])
    await settle()
    expect(batches.items[1]).toEqual(['a1', 'a8', 'a1'])
  })

  it('let a heavy item hold up its own key alone', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { ...items, concurrency: 2 })
    batcher.pause()
    await processInTurns(batcher, ['a6', 'b1', 'a7', 'b2', 'a1'])
    batcher.resume()
    await settle()
    expect(batches.items).toEqual([['a6'], ['b1', 'b2']])
    batches.calls[1]?.resolve(['', ''])
    await settle()
    expect(batches.items[2]).toEqual(['a7', 'a1'])
  })

  it('make a key full that passes an older one, by weight as by size', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      ...items,
      maxBatchSize: 3,
      maxQueueTime: 100,
      clock,
    })
    processEach(batcher, ['a1', 'x9', 'x1'])
    await settle()
    for (const item of ['c1', 'b5', 'c1', 'b5', 'c1']) {
      processEach(batcher, [item])
      await clock.advance(1)
    }
    await endUntil(batches, 3)
    expect(batches.items.slice(1)).toEqual([
      ['c1', 'c1', 'c1'],
      ['b5', 'b5'],
    ])
    expect(batcher.queuedCount).toBe(1)
  })

  it('refuse a heavy item before it could fill its key, make one, or wait for room', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      ...items,
      maxQueueTime: Infinity,
      maxQueueSize: 2,
      overflow: 'wait',
    })
    batcher.pause()
    processEach(batcher, ['a1'])
    expect(await reasonOf(batcher.process('a11'))).toBeInstanceOf(RangeError)
    expect(await reasonOf(batcher.process('b11'))).toBeInstanceOf(RangeError)
    processEach(batcher, ['a1'])
    expect(await reasonOf(batcher.process('a11'))).toBeInstanceOf(RangeError)
    expect(batcher.stats()).toMatchObject({ queued: 2, waiting: 0 })
    batcher.resume()
    await settle()
    expect(batches.items).toEqual([['a1', 'a1']])
  })
})

describe('priorities within keys and weights', () => {
  it('order each key, and cut it in that order', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, items)
    batcher.pause()
    await processInTurns(batcher, ['a3', 'b4'])
    observe(batcher.process('a6', { priority: 1 }))
    observe(batcher.process('a2', { priority: 2 }))
    observe(batcher.process('b9', { priority: 1 }))
    void batcher.close()
    await settle()
    await endUntil(batches, 4)
    expect(batches.items).toEqual([['a2', 'a6'], ['a3'], ['b9'], ['b4']])
  })

  it('leave what came after a flush behind, in every key, while paused', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { ...items, concurrency: 3 })
    batcher.pause()
    await processInTurns(batcher, ['a6', 'b1', 'a5'])
    const flushed = observe(batcher.flush())
    for (const item of ['a10', 'b10', 'c10', 'a0']) observe(batcher.process(item, { priority: 5 }))
    await settle()
    expect(batches.items).toEqual([['a6'], ['b1'], ['a5']])
    for (const call of batches.calls) call.resolve(call.items)
    await settle()
    expect(flushed.status).toBe('fulfilled')
    expect(batcher).toMatchObject({ queuedCount: 4, activeCount: 0 })
  })
})

describe('keys, weights and priorities together', () => {
  it('fail single items of processAllSettled, and serve the others in input order', async () => {
    const batcher = new Batcher((texts: string[]) => texts.map((text) => text.toUpperCase()), {
      ...items,
      concurrency: 2,
    })
    const given = ['a1', 'b99', '', 'b2', 'axe', 'a9', 'a1', 'c0']
    const settled = await batcher.processAllSettled(given, { priority: 3 })
    expect(settled).toMatchObject([
      { value: 'A1' },
      { reason: { name: 'RangeError' } },
      { reason: { message: 'no key' } },
      { value: 'B2' },
      { reason: { name: 'RangeError' } },
      { value: 'A9' },
      { value: 'A1' },
      { value: 'C0' },
    ])
    expect(batcher.stats()).toMatchObject({ fulfilled: 5, items: 5, batches: 4, queued: 0 })
  })

  it('show where process() was called, with captureStacks', async () => {
    const batcher = new Batcher<string, string>(
      () => {
        throw new Error('down')
      },
      { ...items, captureStacks: true },
    )
    const failingCall = async (item: string) =>
      (await reasonOf(batcher.process(item, { priority: 1 }))) as Error
    for (const item of ['a1', 'a11'])
      expect((await failingCall(item)).stack).toContain('failingCall')
  })

  it('reject everybody once when it is aborted, in the queue, for room and in flight', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      ...items,
      maxQueueSize: 3,
      overflow: 'wait',
    })
    const callers = ['a10', 'b6', 'a5', 'b7', 'c1'].map((item, priority) =>
      observe(batcher.process(item, { priority })),
    )
    await settle()
    expect(batcher.stats()).toMatchObject({ active: 1, queued: 3, waiting: 1 })
    batcher.abort('over')
    await settle()
    expect(callers.map(({ reason }) => (reason as { started: boolean }).started)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ])
    expect(batcher.stats()).toMatchObject({ state: 'closed', queued: 0, waiting: 0, rejected: 5 })
  })
})
