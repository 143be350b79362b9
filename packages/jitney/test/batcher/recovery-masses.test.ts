import { getEventListeners } from 'node:events'
import { Batcher, outcome } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, statuses } from '../support/observe.ts'
import { halvesOf, poisonedBy } from '../support/poison.ts'

const down = new Error('down')

describe('Batcher in masses, with retries, halves and shared items,', { timeout: 20_000 }, () => {
  it('sends a batch of 200,000 again', async () => {
    const clock = new ManualClock()
    const sizes: number[] = []
    const batcher = new Batcher<number, number>(
      (items) => {
        sizes.push(items.length)
        if (sizes.length === 1) throw down
        return items
      },
      { maxBatchSize: Infinity, retry: { attempts: 2 }, clock },
    )
    const all = observe(batcher.processAll(range(200_000)))
    await clock.advance(100)
    expect(all.value).toEqual(range(200_000))
    expect(sizes).toEqual([200_000, 200_000])
    expect(clock.timerCount).toBe(0)
  })

  it('sends 100,000 items again that ask for it one by one', async () => {
    const clock = new ManualClock()
    let calls = 0
    const batcher = new Batcher<number, number>(
      (items) => {
        calls += 1
        return calls === 1 ? items.map(() => outcome.retry({ after: 10 })) : items
      },
      { maxBatchSize: Infinity, clock },
    )
    const all = observe(batcher.processAll(range(100_000)))
    await clock.advance(1000)
    expect(all.value).toEqual(range(100_000))
    expect(batcher.stats()).toMatchObject({ queued: 0, active: 0, fulfilled: 100_000 })
    expect(clock.timerCount).toBe(0)
  })

  it('finds ten of 100,000 that spoil their batch', async () => {
    const poison = range(10).map((index) => index * 9973)
    const { calls, batchFunction } = poisonedBy(poison)
    const batcher = new Batcher(batchFunction, { maxBatchSize: Infinity, splitOnError: true })
    const settled = await batcher.processAllSettled(range(100_000))
    expect(settled.flatMap((one, item) => (one.status === 'rejected' ? [item] : []))).toEqual(
      poison,
    )
    expect(calls).toHaveLength(halvesOf(range(100_000), poison).length)
  })

  it('divides a batch of 10,000 that all spoil it, down to the last', async () => {
    const { calls, batchFunction } = poisonedBy(range(10_000))
    const batcher = new Batcher(batchFunction, { maxBatchSize: Infinity, splitOnError: true })
    const settled = await batcher.processAllSettled(range(10_000))
    expect(settled.every(({ status }) => status === 'rejected')).toBe(true)
    expect(calls).toHaveLength(19_999)
  })

  it('fails 10,000 times in a row while it closes, on one stack', async () => {
    const clock = new ManualClock()
    let calls = 0
    const batcher = new Batcher<number, number>(
      (items) => {
        calls += 1
        if (calls <= 10_000) throw down
        return items
      },
      { retry: { attempts: Infinity }, clock },
    )
    const caller = observe(batcher.process(1))
    const closed = observe(batcher.close())
    await clock.advance(0)
    expect(caller.value).toBe(1)
    expect(closed.status).toBe('fulfilled')
  })

  it('lets 50,000 callers leave in their delay by one signal', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      maxBatchSize: Infinity,
      retry: { attempts: 2 },
      clock,
    })
    const controller = new AbortController()
    const { signal } = controller
    const callers = range(50_000).map((item) => observe(batcher.process(item, { signal })))
    await settle()
    batches.calls[0]?.reject(down)
    await settle()
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    controller.abort('gone')
    await settle()
    expect(statuses(callers).every((status) => status === 'rejected')).toBe(true)
    expect(batcher.stats()).toMatchObject({ queued: 0, aborted: 50_000 })
    expect(clock.timerCount).toBe(0)
  })

  it('lets 50,000 callers share one item', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { dedupeKey: () => 'all' })
    const controller = new AbortController()
    const callers = range(50_000).map((item) =>
      observe(batcher.process(item, item % 2 === 0 ? { signal: controller.signal } : {})),
    )
    await settle()
    expect(batches.items).toEqual([[0]])
    controller.abort('gone')
    batches.calls[0]?.resolve([10])
    await settle()
    expect(callers[0]?.reason).toBe('gone')
    expect(callers.filter(({ value }) => value === 10)).toHaveLength(25_000)
    expect(batcher.stats()).toMatchObject({ fulfilled: 25_000, aborted: 25_000, items: 1 })
  })

  it('lets 50,000 callers, each by a signal of its own, leave one item', async () => {
    const batcher = new Batcher((items: number[]) => items, { dedupeKey: () => 'all' })
    batcher.pause()
    const controllers = range(50_000).map(() => new AbortController())
    for (const [item, { signal }] of controllers.entries()) {
      observe(batcher.process(item, { signal }))
    }
    for (const controller of controllers) {
      expect(batcher.queuedCount).toBe(1)
      controller.abort()
    }
    expect(batcher.queuedCount).toBe(0)
    await settle()
    expect(batcher.stats()).toMatchObject({ aborted: 50_000 })
  })
})
