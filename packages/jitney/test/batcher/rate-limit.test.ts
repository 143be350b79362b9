import { Batcher, type BatcherOptions, RateLimiter } from 'jitney'
import { ManualClock } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { departuresOn, range } from '../support/departures.ts'
import { processEach, statuses } from '../support/observe.ts'
import { schedule } from '../support/rates.ts'

interface Limits {
  readonly limit: number
  readonly interval?: number
  readonly of?: 'batches' | 'items' | 'weight'
}

/** A batcher under these limits, on a clock of its own. */
function limited(limits: readonly Limits[], options?: BatcherOptions<number>) {
  const clock = new ManualClock()
  const { departures, batchFunction } = departuresOn(clock)
  const limiters = limits.map((given) => new RateLimiter({ interval: 1000, ...given, clock }))
  const batcher = new Batcher(batchFunction, { rateLimit: limiters, clock, ...options })
  return { clock, departures, limiters, batcher }
}

const itself = { of: (item: number) => item, max: 100 }

describe('Batcher with a rateLimit', () => {
  it('sends as many batches as the limit allows, and each further one when one is old enough', async () => {
    const { clock, departures, batcher } = limited([{ limit: 2 }], {
      maxBatchSize: 1,
      concurrency: Infinity,
    })
    const callers = processEach(batcher, [0])
    await clock.advance(300)
    callers.push(...processEach(batcher, [1, 2, 3, 4]))
    await clock.advance(5000)
    expect(schedule(departures)).toEqual([
      [0, [0]],
      [300, [1]],
      [1000, [2]],
      [1300, [3]],
      [2000, [4]],
    ])
    expect(callers.map(({ value }) => value)).toEqual(range(5))
  })

  it('is held back not a moment longer than the limit wants', async () => {
    const { clock, departures, batcher } = limited([{ limit: 1 }])
    processEach(batcher, [0])
    await clock.advance(0)
    processEach(batcher, [1])
    await clock.advance(999)
    expect(departures).toHaveLength(1)
    expect(batcher.queuedCount).toBe(1)
    await clock.advance(1)
    expect(departures).toHaveLength(2)
  })

  it('may be one limiter, or a list of one', async () => {
    for (const asList of [false, true]) {
      const clock = new ManualClock()
      const { departures, batchFunction } = departuresOn(clock)
      const limiter = new RateLimiter({ limit: 1, interval: 50, clock })
      const rateLimit = asList ? [limiter] : limiter
      const batcher = new Batcher(batchFunction, { rateLimit, maxBatchSize: 1, clock })
      processEach(batcher, [0, 1, 2])
      await clock.advance(1000)
      expect(departures.map(({ at }) => at)).toEqual([0, 50, 100])
    }
  })

  it('lets the batch that is held back grow until it leaves, and no further than maxBatchSize', async () => {
    const { clock, departures, batcher } = limited([{ limit: 1 }], { maxBatchSize: 3 })
    processEach(batcher, [0])
    for (const item of range(4, 1)) {
      await clock.advance(200)
      processEach(batcher, [item])
    }
    await clock.advance(5000)
    expect(schedule(departures)).toEqual([
      [0, [0]],
      [1000, [1, 2, 3]],
      [2000, [4]],
    ])
  })

  it('waits in no line, and takes nothing, while the batch is not due', async () => {
    const { clock, departures, limiters, batcher } = limited([{ limit: 1 }], { maxQueueTime: 100 })
    processEach(batcher, [0])
    await clock.advance(99)
    expect([limiters[0]?.queued, limiters[0]?.allowance]).toEqual([0, 1])
    await clock.advance(1)
    expect(schedule(departures)).toEqual([[100, [0]]])
    processEach(batcher, [1])
    await clock.advance(99)
    expect(limiters[0]?.queued).toBe(0)
    await clock.advance(1)
    expect(limiters[0]?.queued).toBe(1)
    await clock.advance(900)
    expect(schedule(departures.slice(1))).toEqual([[1100, [1]]])
    expect([limiters[0]?.queued, clock.timerCount]).toEqual([0, 0])
  })

  it('waits in no line, and takes nothing, while it waits for a slot', async () => {
    const clock = new ManualClock()
    const limiter = new RateLimiter({ limit: 3, interval: 1000, clock })
    let end = (): void => {}
    const batcher = new Batcher(
      async (items: number[]) => {
        await new Promise<void>((resolve) => {
          end = resolve
        })
        return items
      },
      { maxBatchSize: 1, rateLimit: limiter, clock },
    )
    processEach(batcher, [0, 1])
    await clock.advance(10)
    expect([limiter.queued, limiter.allowance, clock.timerCount]).toEqual([0, 2, 0])
    end()
    await clock.advance(10)
    expect([limiter.queued, limiter.allowance, clock.timerCount]).toEqual([0, 1, 0])
  })
})

describe("Batcher with a rateLimit of 'items'", () => {
  it('caps a batch by what is left of the limit, though maxBatchSize is more', async () => {
    const { clock, departures, limiters, batcher } = limited([{ limit: 5, of: 'items' }])
    processEach(batcher, [0, 1])
    await clock.advance(400)
    processEach(batcher, range(7, 2))
    await clock.advance(5000)
    expect(schedule(departures)).toEqual([
      [0, [0, 1]],
      [400, [2, 3, 4]],
      [1000, [5, 6]],
      [1400, [7, 8]],
    ])
    expect([limiters[0]?.queued, limiters[0]?.allowance, clock.timerCount]).toEqual([0, 5, 0])
  })

  it('counts what others took directly', async () => {
    const { clock, departures, limiters, batcher } = limited([{ limit: 5, of: 'items' }])
    expect(limiters[0]?.tryTake(3)).toBe(true)
    processEach(batcher, range(4))
    await clock.advance(5000)
    expect(schedule(departures)).toEqual([
      [0, [0, 1]],
      [1000, [2, 3]],
    ])
  })

  it('sends whole items alone when the limit leaves a fraction', async () => {
    const { clock, departures, batcher } = limited([{ limit: 2.5, of: 'items' }])
    processEach(batcher, range(3))
    await clock.advance(5000)
    expect(schedule(departures)).toEqual([
      [0, [0, 1]],
      [1000, [2]],
    ])
  })
})

describe("Batcher with a rateLimit of 'weight'", () => {
  it('caps a batch by what is left, by the first of several weights', async () => {
    const { clock, departures, batcher } = limited([{ limit: 6, of: 'weight' }], {
      weight: [itself, { of: () => 50, max: 1000 }],
    })
    processEach(batcher, [1, 2, 3, 4, 1])
    await clock.advance(5000)
    expect(schedule(departures)).toEqual([
      [0, [1, 2, 3]],
      [1000, [4, 1]],
    ])
  })

  it('lets nothing skip ahead of an item that does not fit', async () => {
    const { clock, departures, batcher } = limited([{ limit: 6, of: 'weight' }], { weight: itself })
    processEach(batcher, [4, 3, 1])
    await clock.advance(999)
    expect(schedule(departures)).toEqual([[0, [4]]])
    await clock.advance(1)
    expect(schedule(departures.slice(1))).toEqual([[1000, [3, 1]]])
  })

  it('refuses an item that is heavier than the limit, to its caller alone', async () => {
    const { clock, departures, batcher } = limited([{ limit: 6, of: 'weight' }], { weight: itself })
    const callers = processEach(batcher, [6, 7])
    await clock.advance(0)
    expect(statuses(callers)).toEqual(['fulfilled', 'rejected'])
    const reason = callers[1]?.reason
    expect(reason).toBeInstanceOf(RangeError)
    expect((reason as Error).message).toMatch(/'weight' must be .*6.*, received 7/)
    expect(schedule(departures)).toEqual([[0, [6]]])
  })

  it('lets items of weight 0 pass when the limit is used up, but nobody after penalize()', async () => {
    const { clock, departures, limiters, batcher } = limited([{ limit: 6, of: 'weight' }], {
      weight: itself,
    })
    processEach(batcher, [6])
    await clock.advance(0)
    processEach(batcher, [0])
    await clock.advance(0)
    expect(schedule(departures)).toEqual([
      [0, [6]],
      [0, [0]],
    ])
    limiters[0]?.penalize(3000)
    processEach(batcher, [0])
    await clock.advance(2999)
    expect(departures).toHaveLength(2)
    await clock.advance(1)
    expect(schedule(departures.slice(2))).toEqual([[3000, [0]]])
  })
})

describe('Batcher with several rateLimits', () => {
  it('keeps them all', async () => {
    const { clock, departures, batcher } = limited(
      [
        { limit: 1, interval: 100 },
        { limit: 3, of: 'items' },
      ],
      { maxBatchSize: 2 },
    )
    processEach(batcher, range(6))
    await clock.advance(5000)
    expect(schedule(departures)).toEqual([
      [0, [0, 1]],
      [100, [2]],
      [1000, [3, 4]],
      [1100, [5]],
    ])
  })

  it('uses nothing of one while another holds the batch back', async () => {
    const { clock, departures, limiters, batcher } = limited([
      { limit: 4, of: 'items' },
      { limit: 1, interval: 3000 },
    ])
    processEach(batcher, [0])
    await clock.advance(2000)
    processEach(batcher, [1, 2])
    await clock.advance(500)
    expect(limiters.map(({ allowance }) => allowance)).toEqual([4, 0])
    expect(limiters.map(({ queued }) => queued)).toEqual([0, 1])
    await clock.advance(500)
    expect(schedule(departures)).toEqual([
      [0, [0]],
      [3000, [1, 2]],
    ])
    expect(limiters.map(({ queued }) => queued)).toEqual([0, 0])
  })
})
