import { Batcher } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { processAtDepth, range } from '../support/departures.ts'
import { observe } from '../support/observe.ts'

describe('Batcher.flush()', () => {
  it('sends what waits without company, and no later item with it', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      maxQueueTime: Infinity,
      concurrency: Infinity,
      clock,
    })
    void batcher.process(1)
    void batcher.process(2)
    const flushed = observe(batcher.flush())
    void batcher.process(3)
    expect(batches.calls).toHaveLength(0)
    await settle()
    expect(batches.items).toEqual([[1, 2]])
    expect(batches.calls[0]?.context.reason).toBe('flush')
    expect(flushed.status).toBe('pending')
    batches.calls[0]?.resolve([1, 2])
    await settle()
    expect(flushed.status).toBe('fulfilled')
    await clock.advance(1e9)
    expect(batches.calls).toHaveLength(1)
    expect(batcher.queuedCount).toBe(1)
  })

  it('resolves when exactly the items that waited are settled, not when later ones are', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2 })
    void batcher.process(0)
    await settle()
    for (const item of [1, 2, 3]) void batcher.process(item)
    const flushed = observe(batcher.flush())
    await settle()
    for (const item of [4, 5, 6]) void batcher.process(item)

    batches.calls[0]?.resolve([0])
    await settle()
    expect(batches.items[1]).toEqual([1, 2])
    batches.calls[1]?.resolve([1, 2])
    await settle()
    expect(batches.items[2]).toEqual([3, 4])
    expect(flushed.status).toBe('pending')
    batches.calls[2]?.resolve([3, 4])
    await settle()
    expect(flushed.status).toBe('fulfilled')
    expect(batches.items[3]).toEqual([5, 6])
    expect(batcher.activeCount).toBe(1)
  })

  it('lets all that waited leave as slots come free, also more than a batch', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueTime: Infinity, maxBatchSize: 4 })
    batcher.pause()
    for (const item of range(10)) void batcher.process(item)
    const flushed = observe(batcher.flush())
    for (const [index, size] of [4, 4, 2].entries()) {
      await settle()
      expect(batches.calls).toHaveLength(index + 1)
      expect(batches.items[index]).toEqual(range(size, index * 4))
      expect(flushed.status).toBe('pending')
      batches.calls[index]?.resolve(range(size))
    }
    await settle()
    expect(flushed.status).toBe('fulfilled')
  })

  it('overrides a pause, for what waited alone', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { concurrency: 2 })
    batcher.pause()
    void batcher.process(1)
    await settle()
    void batcher.flush()
    await settle()
    expect(batches.items).toEqual([[1]])
    void batcher.process(2)
    await settle()
    expect(batches.calls).toHaveLength(1)
    batcher.resume()
    await settle()
    expect(batches.items[1]).toEqual([2])
  })

  it('takes no later item along while the batcher is paused', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    void batcher.process(0)
    await settle()
    batcher.pause()
    void batcher.process(1)
    const flushed = observe(batcher.flush())
    await settle()
    void batcher.process(2)
    await settle()
    batches.calls[0]?.resolve([0])
    await settle()
    expect(batches.items).toEqual([[0], [1]])
    batches.calls[1]?.resolve([1])
    await settle()
    expect(flushed.status).toBe('fulfilled')
    expect(batcher.queuedCount).toBe(1)
  })

  it('resolves at once when nothing waits, though a batch runs', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const idle = observe(batcher.flush())
    await settle()
    expect(idle.status).toBe('fulfilled')
    void batcher.process(1)
    await settle()
    const busy = observe(batcher.flush())
    await settle()
    expect(busy.status).toBe('fulfilled')
    expect(batcher.activeCount).toBe(1)
  })

  it('resolves when those it waits for failed, aborted or were aborted', async () => {
    const batches = manualBatches<number, number>()
    const controller = new AbortController()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1 })
    const callers = [
      observe(batcher.process(1)),
      observe(batcher.process(2)),
      observe(batcher.process(3, { signal: controller.signal })),
      observe(batcher.process(4)),
    ]
    const flushed = observe(batcher.flush())
    await settle()
    batches.calls[0]?.reject(new Error('down'))
    await settle()
    batches.calls[1]?.resolve([new Error('bad')])
    await settle()
    controller.abort()
    await settle()
    expect(flushed.status).toBe('pending')
    batcher.abort()
    await settle()
    expect(flushed).toEqual({ status: 'fulfilled', value: undefined })
    expect(callers.map((caller) => caller.status)).toEqual(Array(4).fill('rejected'))
  })

  it('resolves after the callers have heard', async () => {
    const heard: string[] = []
    const batcher = new Batcher((items: string[]) => items, { maxQueueTime: Infinity })
    const caller = (async () => {
      heard.push(await batcher.process('caller'))
      for (let level = 0; level < 10; level += 1) await null
      heard.push('went on')
    })()
    await batcher.flush()
    heard.push('flush')
    await caller
    expect(heard).toEqual(['caller', 'went on', 'flush'])
  })

  it('answers each of several flushes by what waited when it was called', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1, maxQueueTime: Infinity })
    void batcher.process(0)
    await settle()
    void batcher.process(1)
    const first = observe(batcher.flush())
    void batcher.process(2)
    const second = observe(batcher.flush())
    batches.calls[0]?.resolve([0])
    await settle()
    batches.calls[1]?.resolve([1])
    await settle()
    expect([first.status, second.status]).toEqual(['fulfilled', 'pending'])
    batches.calls[2]?.resolve([2])
    await settle()
    expect(second.status).toBe('fulfilled')
  })

  it('waits for nothing that had left before, though an earlier flush does', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1, concurrency: 2 })
    void batcher.process(0)
    await settle()
    batcher.pause()
    void batcher.process(1)
    void batcher.process(2)
    const earlier = observe(batcher.flush())
    await settle()
    expect(batches.items).toEqual([[0], [1]])
    const later = observe(batcher.flush())
    batches.calls[0]?.resolve([0])
    await settle()
    batches.calls[2]?.resolve([2])
    await settle()
    expect([earlier.status, later.status]).toEqual(['pending', 'fulfilled'])
    batches.calls[1]?.resolve([1])
    await settle()
    expect(earlier.status).toBe('fulfilled')
  })

  it('takes later items along that are there when a slot comes free', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueTime: 1e6 })
    void batcher.process(0)
    void batcher.flush()
    await settle()
    void batcher.process(1)
    const flushed = observe(batcher.flush())
    await settle()
    void batcher.process(2)
    batches.calls[0]?.resolve([0])
    await settle()
    expect(batches.items).toEqual([[0], [1, 2]])
    expect(batches.calls[1]?.context.reason).toBe('flush')
    batches.calls[1]?.resolve([1, 2])
    await settle()
    expect(flushed.status).toBe('fulfilled')
    await batcher.close()
  })

  it('may be called any number of times for one item', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    void batcher.process(0)
    await settle()
    const waiting = observe(batcher.process(1))
    let flushed = 0
    for (let call = 0; call < 20_000; call += 1) {
      void batcher.flush().then(() => {
        flushed += 1
      })
    }
    batches.calls[0]?.resolve([0])
    await settle()
    batches.calls[1]?.resolve([1])
    await settle()
    expect(waiting).toEqual({ status: 'fulfilled', value: 1 })
    expect(flushed).toBe(20_000)
  })

  it('lets the items that come after it in one turn ride together', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { concurrency: 2 })
    void batcher.process(1)
    void batcher.flush()
    for (const depth of [0, 3, 10]) void processAtDepth(batcher, depth, depth)
    await settle()
    expect(batches.items).toEqual([[1], [0, 3, 10]])
  })

  it('is the reason for which a full batch leaves in a pause', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2 })
    batcher.pause()
    void batcher.process(1)
    void batcher.process(2)
    void batcher.flush()
    await settle()
    expect(batches.calls[0]?.context.reason).toBe('flush')
  })

  it('sends the first item of all in a pause when it comes back, before one that came since', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { retry: { attempts: 2 }, clock })
    void batcher.process(1)
    await settle()
    batcher.pause()
    void batcher.flush()
    void batcher.process(2)
    batches.calls[0]?.reject(new Error('down'))
    await clock.advance(1000)
    expect(batches.items).toEqual([[1], [1]])
  })
})
