import { Batcher, type BatcherOptions, outcome, RateLimiter } from 'jitney'
import { ManualClock, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { type Departure, range } from '../support/departures.ts'
import { observe, processEach } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'
import { schedule } from '../support/rates.ts'

describe('rateLimit and batches that are sent again', () => {
  /** What a batch function did that fails so many times at first. */
  function failing(times: number, of: 'batches' | 'items', options: BatcherOptions<number>) {
    const clock = new ManualClock()
    const departures: Departure[] = []
    const rateLimit = new RateLimiter({ limit: of === 'items' ? 4 : 1, interval: 1000, of, clock })
    const batcher = new Batcher(
      (items: number[], { reason }) => {
        departures.push({ at: clock.now(), items: [...items], reason })
        if (departures.length <= times) throw new Error('down')
        return items
      },
      { rateLimit, clock, ...options },
    )
    return { clock, departures, batcher }
  }

  it.each([
    ['batches', [0, 1000, 2000]],
    ['items', [0, 1000, 2000]],
  ] as const)('counts retries as %s', async (of, times) => {
    const retry = { attempts: 3, minDelay: 0 }
    const { clock, departures, batcher } = failing(2, of, { retry })
    const callers = processEach(batcher, range(4))
    await clock.advance(5000)
    expect(schedule(departures)).toEqual(times.map((at) => [at, range(4)]))
    expect(departures.map(({ reason }) => reason)).toEqual(['idle', 'retry', 'retry'])
    expect(callers.map(({ value }) => value)).toEqual(range(4))
    expect(clock.timerCount).toBe(0)
  })

  it.each([
    ['batches', [0, 1000, 2000]],
    ['items', [0, 1000, 1000]],
  ] as const)('counts halves as %s', async (of, times) => {
    const { clock, departures, batcher } = failing(1, of, { splitOnError: true })
    const callers = processEach(batcher, range(4))
    await clock.advance(5000)
    const items = [range(4), [0, 1], [2, 3]]
    expect(schedule(departures)).toEqual(times.map((at, index) => [at, items[index]]))
    expect(departures.map(({ reason }) => reason)).toEqual(['idle', 'split', 'split'])
    expect(callers.map(({ value }) => value)).toEqual(range(4))
    expect(clock.timerCount).toBe(0)
  })

  it('counts single items that are sent again', async () => {
    const clock = new ManualClock()
    const departures: number[] = []
    const rateLimit = new RateLimiter({ limit: 1, interval: 1000, clock })
    const batcher = new Batcher(
      (items: number[], { entries }) => {
        departures.push(clock.now())
        return items.map((item, index) => (entries[index]?.attempt === 3 ? item : outcome.retry()))
      },
      { rateLimit, retry: { attempts: 3, minDelay: 0 }, clock },
    )
    const caller = observe(batcher.process(7))
    await clock.advance(5000)
    expect(departures).toEqual([0, 1000, 2000])
    expect(caller.value).toBe(7)
  })
})

/** A batcher whose batch function asks for another attempt `after` so long, of these items at first. */
function asking(after: number | undefined, limiters: readonly RateLimiter[], clock: ManualClock) {
  const departures: Departure[] = []
  const batcher = new Batcher(
    (items: number[], { entries, reason }) => {
      departures.push({ at: clock.now(), items: [...items], reason })
      return items.map((item, index) =>
        item < 0 && entries[index]?.attempt === 1 ? outcome.retry({ after }) : item,
      )
    },
    { rateLimit: limiters, retry: { attempts: 2, minDelay: 0 }, clock },
  )
  return { departures, batcher }
}

describe('outcome.retry({ after }) with a rateLimit', () => {
  const generous = (clock: ManualClock) => new RateLimiter({ limit: 1000, interval: 1, clock })

  it('holds the next batch back, though that has nothing to do with the item', async () => {
    const clock = new ManualClock()
    const { departures, batcher } = asking(500, [generous(clock)], clock)
    processEach(batcher, [-1])
    await clock.advance(100)
    const other = observe(batcher.process(2))
    await clock.advance(399)
    expect(departures).toHaveLength(1)
    await clock.advance(1)
    expect(departures.slice(1).flatMap(({ items }) => items)).toEqual([-1, 2])
    expect(new Set(departures.slice(1).map(({ at }) => at))).toEqual(new Set([500]))
    expect(other.value).toBe(2)
    expect(clock.timerCount).toBe(0)
  })

  it('holds every batcher back that shares the limiter, and who takes directly', async () => {
    const clock = new ManualClock()
    const limiter = generous(clock)
    const one = asking(500, [limiter], clock)
    const other = asking(undefined, [limiter], clock)
    processEach(one.batcher, [-1])
    await clock.advance(0)
    processEach(other.batcher, [2])
    const taken = observe(limiter.take())
    expect(limiter.tryTake()).toBe(false)
    await clock.advance(499)
    expect(other.departures).toEqual([])
    expect(taken.status).toBe('pending')
    await clock.advance(1)
    expect(schedule(other.departures)).toEqual([[500, [2]]])
    expect(taken.status).toBe('fulfilled')
    expect([limiter.queued, clock.timerCount]).toEqual([0, 0])
  })

  it('penalizes each of several limiters', async () => {
    const clock = new ManualClock()
    const limiters = [generous(clock), generous(clock)]
    processEach(asking(500, limiters, clock).batcher, [-1])
    await clock.advance(0)
    expect(limiters.map(({ allowance }) => allowance)).toEqual([0, 0])
  })

  it.each([undefined, 0])('holds nobody back after %s', async (after) => {
    const clock = new ManualClock()
    const limiter = generous(clock)
    const { departures, batcher } = asking(after, [limiter], clock)
    processEach(batcher, [-1])
    await clock.advance(0)
    expect(limiter.allowance).toBeGreaterThan(900)
    await clock.advance(1)
    expect(departures).toHaveLength(2)
  })

  it('holds on for the longest of several', async () => {
    const clock = new ManualClock()
    const limiter = generous(clock)
    const departures: number[] = []
    const batcher = new Batcher(
      (items: number[], { entries }) => {
        departures.push(clock.now())
        return items.map((item, index) =>
          entries[index]?.attempt === 1 ? outcome.retry({ after: item }) : item,
        )
      },
      { rateLimit: limiter, retry: { attempts: 2, minDelay: 0 }, clock },
    )
    const callers = processEach(batcher, [700, 100])
    await clock.advance(0)
    processEach(batcher, [0])
    await clock.advance(699)
    expect(departures).toEqual([0])
    await clock.advance(1000)
    expect(new Set(departures)).toEqual(new Set([0, 700]))
    expect(callers.map(({ value }) => value)).toEqual([700, 100])
  })

  it('may ask for never: the item then waits for the end of the batcher', async () => {
    const clock = new ManualClock()
    const failures = await eventsDuring('unhandledRejection', async () => {
      const limiter = generous(clock)
      const { batcher } = asking(Infinity, [limiter], clock)
      const caller = observe(batcher.process(-1))
      await clock.advance(1e9)
      expect(caller.status).toBe('pending')
      expect(batcher.queuedCount).toBe(1)
      batcher.abort('over')
      await settle()
      expect(caller).toMatchObject({ status: 'rejected', reason: { cause: 'over', started: true } })
      expect([limiter.queued, clock.timerCount]).toEqual([0, 0])
    })
    expect(failures).toEqual([])
  })
})
