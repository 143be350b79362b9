import { Batcher } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { processAbortably } from '../support/callers.ts'
import { range } from '../support/departures.ts'
import { heapUsed } from '../support/memory.ts'
import { observe } from '../support/observe.ts'

/** Whole numbers below a limit, the same in each run. */
function randomNumbers(): (limit: number) => number {
  let seed = 42
  return (limit) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((seed / 2_147_483_648) * limit)
  }
}

/** The numbers below `length` in an order of their own. */
function shuffled(length: number): number[] {
  const numbers = range(length)
  const random = randomNumbers()
  for (let last = length - 1; last > 0; last -= 1) {
    const other = random(last + 1)
    const number = numbers[last] ?? 0
    numbers[last] = numbers[other] ?? 0
    numbers[other] = number
  }
  return numbers
}

const leave = { status: 'rejected' }

describe('priorities in masses', () => {
  it('order 1,000,000 queued items', async () => {
    const random = randomNumbers()
    let last = Infinity
    let sent = 0
    let inOrder = true
    const batcher = new Batcher(
      (priorities: number[]) => {
        sent += priorities.length
        for (const priority of priorities) {
          inOrder &&= priority <= last
          last = priority
        }
      },
      { maxBatchSize: 1000 },
    )
    batcher.pause()
    for (let count = 0; count < 1_000_000; count += 1) {
      const priority = random(100_000) / 7
      void batcher.process(priority, { priority })
    }
    batcher.resume()
    await batcher.onIdle()
    expect(sent).toBe(1_000_000)
    expect(inOrder).toBe(true)
  })

  it('take the same time when every second caller aborts, in any order', async () => {
    const served: number[] = []
    const batcher = new Batcher(
      (items: number[]) => {
        served.push(...items)
      },
      { maxBatchSize: 1000, maxQueueTime: Infinity },
    )
    batcher.pause()
    const random = randomNumbers()
    const entries = range(100_000).map((item) =>
      processAbortably(batcher, item, { priority: random(1000) }),
    )
    let queued = 100_000
    for (const index of shuffled(100_000)) {
      if (index % 2 === 0) continue
      entries[index]?.controller.abort()
      queued -= 1
      if (batcher.stats().queued !== queued) throw new Error('the count is wrong')
    }
    await batcher.close()
    expect(entries[1]?.caller).toMatchObject(leave)
    expect(served.sort((left, right) => left - right)).toEqual(
      range(50_000).map((index) => index * 2),
    )
  })

  it('do not slow down a flush of what came before them, while paused', async () => {
    let flushed = 0
    const batcher = new Batcher(
      (items: number[]) => {
        flushed += items.length
      },
      { maxBatchSize: 10 },
    )
    batcher.pause()
    for (const item of range(50_000)) void batcher.process(item)
    const done = batcher.flush()
    for (const priority of range(50_000)) observe(batcher.process(-1, { priority }))
    await done
    expect(flushed).toBe(50_000)
    expect(batcher.queuedCount).toBe(50_000)
    batcher.abort()
  })
})

describe('keys in masses', () => {
  it('leave in the order of their oldest items: 100,000 of them', async () => {
    const sent: number[] = []
    let together = true
    const batcher = new Batcher(
      (items: number[], { key }) => {
        sent.push(key as number)
        together &&= items.length === 2
      },
      { batchKey: (item) => item },
    )
    batcher.pause()
    const order = shuffled(100_000)
    for (const item of order) void batcher.process(item)
    for (const item of range(100_000)) void batcher.process(item)
    batcher.resume()
    await batcher.onIdle()
    expect(sent).toEqual(order)
    expect(together).toBe(true)
  })

  it('leave when a smaller maxBatchSize fills 100,000 of them', async () => {
    const sent: unknown[] = []
    const batcher = new Batcher(
      (_: number[], { key }) => {
        sent.push(key)
      },
      { batchKey: (item) => item, maxQueueTime: Infinity },
    )
    for (const item of range(100_000)) void batcher.process(item)
    for (const item of range(100_000).filter((key) => key % 4 === 0)) void batcher.process(item)
    await settle()
    expect(sent).toEqual([])
    batcher.maxBatchSize = 2
    await settle()
    expect(sent).toEqual(range(25_000).map((index) => index * 4))
    await batcher.flush()
    expect(sent).toHaveLength(100_000)
  })

  it('take the same time when 100,000 of them lose their callers, the youngest first', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey: (item) => item,
      maxQueueTime: 100,
      clock,
    })
    const entries = range(100_000).map((item) => processAbortably(batcher, item))
    await settle()
    observe(batcher.process(-1))
    for (const { controller } of entries.toReversed()) controller.abort()
    expect(batcher.queuedCount).toBe(1)
    await clock.advance(100)
    expect(batches.items).toEqual([[-1]])
    expect(clock.timerCount).toBe(0)
  })

  it('may be full and part-filled again 100,000 times behind one that waits', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey: (item) => item[0],
      maxBatchSize: 2,
      maxQueueTime: Infinity,
    })
    for (const item of ['x1', 'x2', 'waits', 'a1']) observe(batcher.process(item))
    await settle()
    for (let round = 0; round < 100_000; round += 1) {
      processAbortably(batcher, 'a').controller.abort()
    }
    batches.calls[0]?.resolve(['', ''])
    await settle()
    expect(batches.calls).toHaveLength(1)
    observe(batcher.process('a2'))
    await settle()
    expect(batches.items[1]).toEqual(['a1', 'a2'])
  })

  it('leave nothing behind: 200,000 of them pass one that waits', async () => {
    const batcher = new Batcher<number, void>(() => undefined, {
      batchKey: (item) => item,
      maxBatchSize: 2,
      maxQueueTime: Infinity,
      concurrency: Infinity,
    })
    observe(batcher.process(-1))
    const pass = async (from: number, count: number) => {
      for (const item of range(count, from)) {
        observe(batcher.process(item))
        observe(batcher.process(item))
        if (item % 1000 === 0) await settle()
      }
      await settle()
    }
    await pass(0, 10_000)
    const before = await heapUsed()
    await pass(10_000, 190_000)
    // 10 bytes a key: less than what it takes to remember one of them.
    expect((await heapUsed()) - before).toBeLessThan(2_000_000)
    expect(batcher.stats()).toMatchObject({ queued: 1, active: 0, batches: 200_000 })
  })
})

describe('weights in masses', () => {
  it('cut 300,000 queued items into batches that fit', async () => {
    const random = randomNumbers()
    let sent = 0
    let before: number | undefined
    let fits = true
    const batcher = new Batcher(
      (weights: number[]) => {
        const total = weights.reduce((sum, weight) => sum + weight)
        fits &&= total <= 1000 && (before === undefined || before + (weights[0] ?? 0) > 1000)
        before = total
        sent += weights.length
      },
      {
        weight: [
          { of: (weight) => weight, max: 1000 },
          { of: () => 1, max: 1_000_000 },
        ],
        maxBatchSize: Infinity,
      },
    )
    batcher.pause()
    for (let count = 0; count < 300_000; count += 1) void batcher.process(random(100))
    batcher.resume()
    await batcher.onIdle()
    expect(sent).toBe(300_000)
    expect(fits).toBe(true)
  })

  it.each([
    ['at the maximum', 1000],
    ['a step below it', 999.9999999999],
  ])('take 100,000 items of weight 0 beside one that is %s', async (_, heavy) => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      weight: { of: (weight) => weight, max: 1000 },
      maxBatchSize: Infinity,
    })
    void batcher.process(1000)
    await settle()
    void batcher.process(heavy)
    for (let count = 0; count < 100_000; count += 1) void batcher.process(0)
    batches.calls[0]?.resolve([0])
    await settle()
    expect(batches.items[1]).toHaveLength(100_001)
  })
})
