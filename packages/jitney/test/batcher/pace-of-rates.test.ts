import { Batcher, RateLimiter } from 'jitney'
import { ManualClock } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

/**
 * Items that come `every` so many milliseconds, to a batcher with `limit` calls a second: how long
 * they wait on average, and how many calls it takes.
 */
async function waits(
  limit: number,
  every: number,
  maxQueueTime: number | 'adaptive',
  of: 'batches' | 'items' = 'batches',
) {
  const clock = new ManualClock()
  const rateLimit = new RateLimiter({ limit, interval: 1000, of, clock })
  const options = { concurrency: Infinity, maxQueueTime, rateLimit, clock }
  const batcher = new Batcher((times: number[]) => times.map((time) => clock.now() - time), options)
  const waited: Promise<number>[] = []
  for (let time = 0; time < 10_000; time += every) {
    waited.push(batcher.process(clock.now()))
    await clock.advance(every)
  }
  await clock.advance(2000)
  const all = await Promise.all(waited)
  return {
    mean: all.reduce((sum, wait) => sum + wait, 0) / all.length,
    longest: Math.max(...all),
    calls: batcher.stats().batches,
  }
}

describe("the pace of a Batcher with maxQueueTime 'adaptive' under a limit on calls", () => {
  it('spends calls where waiting pays most, not on single items until the limit bites', async () => {
    const atOnce = await waits(10, 20, 0)
    const paced = await waits(10, 20, 'adaptive')
    expect(atOnce.mean).toBeGreaterThan(200)
    expect(paced.mean).toBeLessThan(atOnce.mean / 2)
    expect(paced.longest).toBeLessThan(atOnce.longest)
    expect(paced.calls).toBeLessThanOrEqual(atOnce.calls)
  })

  it('hardly holds those who stay far below the limit', async () => {
    expect(await waits(10, 2000, 'adaptive')).toMatchObject({ longest: 0, calls: 5 })
    const few = await waits(100, 50, 'adaptive')
    expect(few).toMatchObject({ longest: 0, calls: 200 })
  })

  it('holds nobody for a limit on items, of which larger batches save nothing', async () => {
    const atOnce = await waits(10, 110, 0, 'items')
    expect(await waits(10, 110, 'adaptive', 'items')).toEqual(atOnce)
  })

  it('shows in the statistics, and leaves full batches and a flush alone', async () => {
    const clock = new ManualClock()
    const rateLimit = new RateLimiter({ limit: 4, interval: 1000, clock })
    const batcher = new Batcher((items: number[]) => items, { maxBatchSize: 2, rateLimit, clock })
    await batcher.process(1)
    expect(batcher.stats().pace).toBe(0)
    const held = batcher.process(2)
    await clock.advance(20)
    // A sixteenth of a second, spread over the three that are left.
    expect(batcher.stats().pace).toBeCloseTo(1000 / 16 / 3, 0)
    expect(batcher.queuedCount).toBe(1)
    await Promise.all([held, batcher.process(3)])
    const flushed = batcher.process(4)
    await batcher.flush()
    expect(await flushed).toBe(4)
    expect(clock.now()).toBe(20)
  })
})
