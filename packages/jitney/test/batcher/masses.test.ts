import { getEventListeners } from 'node:events'
import { Batcher, outcome } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { heapUsed } from '../support/memory.ts'
import { observe, type Observed, statuses } from '../support/observe.ts'

describe('Batcher in masses', { timeout: 20_000 }, () => {
  it('takes 100,000 items in one batch', async () => {
    const sizes: number[] = []
    const batcher = new Batcher(
      (items: number[]) => {
        sizes.push(items.length)
        return items.map((item) => item + 1)
      },
      { maxBatchSize: Infinity },
    )
    expect(await batcher.processAll(range(100_000))).toEqual(range(100_000, 1))
    expect(sizes).toEqual([100_000])
  })

  it('rejects 100,000 callers of one batch', async () => {
    const batcher = new Batcher<number, number>(
      () => {
        throw down
      },
      { maxBatchSize: Infinity },
    )
    const settled = await batcher.processAllSettled(range(100_000))
    expect(settled.every((one) => one.status === 'rejected' && one.reason.cause === down)).toBe(
      true,
    )
  })

  const down = new Error('down')
  it.each<[string, number, (items: number[]) => number[]]>([
    ['returns', 100_000, (items) => items],
    [
      'throws',
      20_000,
      () => {
        throw down
      },
    ],
  ])(
    'drains what is queued one by one through a function that %s at once',
    async (_, count, work) => {
      let calls = 0
      let inOrder = true
      const batcher = new Batcher<number, number>(
        (items) => {
          inOrder &&= items[0] === calls
          calls += 1
          return work(items)
        },
        { maxBatchSize: 1 },
      )
      for (const item of range(count)) batcher.process(item).catch(() => undefined)
      await batcher.close()
      expect(inOrder).toBe(true)
      expect(calls).toBe(count)
      const { fulfilled, rejected } = batcher.stats()
      expect(fulfilled + rejected).toBe(count)
    },
  )

  it('serves a caller who awaits 20,000 calls one after the other', async () => {
    const batcher = new Batcher((items: number[]) => items.map((item) => item + 1))
    let value = 0
    for (let call = 0; call < 20_000; call += 1) value = await batcher.process(value)
    expect(value).toBe(20_000)
  })

  it('ends 100,000 batches that run at once and whose callers all left', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1, concurrency: Infinity })
    const controller = new AbortController()
    let left = 0
    for (const item of range(100_000)) {
      batcher.process(item, { signal: controller.signal }).catch(() => {
        left += 1
      })
    }
    await settle()
    expect(batcher.activeCount).toBe(100_000)
    const closed = batcher.close()
    controller.abort('gone')
    await closed
    expect(batcher.stats()).toMatchObject({ state: 'closed', active: 100_000, abandoned: 100_000 })
    for (const call of batches.calls) call.resolve([0])
    await batcher.onIdle()
    expect(left).toBe(100_000)
    expect(batcher.activeCount).toBe(0)
  })

  it('keeps little for each flush, however many items wait behind a busy slot', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: Infinity })
    void batcher.process(-1)
    await settle()
    const before = await heapUsed()
    const flushes = range(3000).map((item) => {
      void batcher.process(item)
      return observe(batcher.flush())
    })
    // 4.5 million pairs of a flush and an item that it waits for would take some 100 MB.
    expect((await heapUsed()) - before).toBeLessThan(25e6)
    batches.calls[0]?.resolve([0])
    await settle()
    expect(new Set(statuses(flushes))).toEqual(new Set(['pending']))
    batches.calls[1]?.resolve(range(3000))
    await settle()
    expect(new Set(statuses(flushes))).toEqual(new Set(['fulfilled']))
  })

  it('keeps its counts right through random results, throws, aborts and bounds', async () => {
    let seed = 42
    const random = (limit: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((seed / 2_147_483_648) * limit)
    }
    const clock = new ManualClock()
    const batches = manualBatches<number, unknown>()
    const batcher = new Batcher<number, unknown>(batches.batchFunction, {
      clock,
      maxBatchSize: 7,
      concurrency: 3,
      maxQueueSize: 20,
      maxQueueTime: 5,
      timeout: 40,
    })
    const controllers = range(10).map(() => new AbortController())
    const callers: Observed<unknown>[] = []
    const ended = new Set<unknown>()
    for (const round of range(400)) {
      for (const item of range(random(12))) {
        const signal = random(2) === 0 ? controllers[random(10)]?.signal : undefined
        callers.push(observe(batcher.process(item, { signal })))
      }
      if (random(5) === 0) {
        const index = random(10)
        controllers[index]?.abort(round)
        controllers[index] = new AbortController()
      }
      await clock.advance(random(8))
      expect(batcher.queuedCount).toBeLessThanOrEqual(20)
      expect(batcher.activeCount).toBeLessThanOrEqual(3)
      expect(batches.calls.length - ended.size).toBeLessThanOrEqual(3)
      for (const call of batches.calls.slice(-4)) {
        const kind = random(8)
        if (kind < 5) ended.add(call)
        if (kind === 0) call.reject(new Error('down'))
        else if (kind === 1) call.resolve([])
        else if (kind < 5) {
          call.resolve(call.items.map((item) => (item % 3 === 0 ? outcome.error(item) : item)))
        }
      }
    }
    for (const call of batches.calls) call.resolve(call.items)
    const closed = batcher.close()
    while (batcher.state !== 'closed') {
      await clock.advance(1)
      for (const call of batches.calls.slice(-4)) call.resolve(call.items)
    }
    await closed
    await batcher.onIdle()
    expect(statuses(callers)).not.toContain('pending')
    const { fulfilled, rejected, aborted, refused, ...rest } = batcher.stats()
    expect(fulfilled + rejected + aborted + refused).toBe(callers.length)
    expect(fulfilled).toBe(statuses(callers).filter((status) => status === 'fulfilled').length)
    for (const seen of [fulfilled, rejected, aborted, refused]) expect(seen).toBeGreaterThan(0)
    expect(rest).toMatchObject({ queued: 0, waiting: 0, active: 0, abandoned: 0 })
    expect(clock.timerCount).toBe(0)
    for (const { signal } of controllers) {
      expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    }
  })
})
