import { Batcher, type BatcherOptions, RateLimiter, type RateLimiterOptions } from 'jitney'
import { ManualClock } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, processEach, statuses } from '../support/observe.ts'

/** A limiter, and batchers that share it; what left when, and from which. */
function shared(limits: Omit<RateLimiterOptions, 'clock' | 'interval'>) {
  const clock = new ManualClock()
  const limiter = new RateLimiter({ interval: 1000, ...limits, clock })
  const log: [at: number, by: string, items: number[]][] = []
  const batcher = (by: string, options?: BatcherOptions<number>) =>
    new Batcher(
      (items: number[]) => {
        log.push([clock.now(), by, [...items]])
        return items
      },
      { rateLimit: limiter, clock, ...options },
    )
  return { clock, limiter, log, batcher }
}

const single = { maxBatchSize: 1, concurrency: Infinity }

describe('A RateLimiter that batchers share', () => {
  it('allows them together no more than its limit', async () => {
    const { clock, limiter, log, batcher } = shared({ limit: 2 })
    for (const name of ['a', 'b', 'c']) processEach(batcher(name), [0])
    await clock.advance(999)
    expect(log.map(([, by]) => by)).toEqual(['a', 'b'])
    await clock.advance(1)
    expect(log[2]).toEqual([1000, 'c', [0]])
    expect([limiter.queued, clock.timerCount]).toEqual([0, 0])
  })

  it.each([1, 2, 3])(
    'serves them batch by batch in the order they asked in, at a limit of %d',
    async (limit) => {
      const { clock, limiter, log, batcher } = shared({ limit })
      limiter.tryTake(limit)
      const [one, other] = [batcher('a', single), batcher('b', single)]
      processEach(one, range(30))
      await clock.advance(1)
      processEach(other, range(30))
      await clock.advance(60_000 / limit)
      expect(log).toHaveLength(60)
      expect(log.map(([, by]) => by).join('')).toBe('ab'.repeat(30))
      expect([limiter.queued, clock.timerCount]).toEqual([0, 0])
    },
  )

  it('lets a batcher with little to do through, whatever another one has queued', async () => {
    const { clock, log, batcher } = shared({ limit: 4, of: 'items' })
    const [busy, calm] = [batcher('busy'), batcher('calm')]
    processEach(busy, range(1000))
    await clock.advance(100)
    for (const item of range(10)) {
      const caller = observe(calm.process(item))
      await clock.advance(2000)
      expect(caller.status).toBe('fulfilled')
    }
    expect(log.flatMap(([, , items]) => items).length).toBeGreaterThanOrEqual(80)
  })

  it('keeps the others when one that leaves the line of one of them lets the next through', async () => {
    const { clock, limiter, log, batcher } = shared({ limit: 1 })
    const perWeight = new RateLimiter({ limit: 10, interval: 1000, of: 'weight', clock })
    perWeight.tryTake(6)
    const options = {
      rateLimit: [limiter, perWeight],
      weight: { of: (item: number) => item, max: 10 },
      concurrency: Infinity,
    }
    const [first, second] = [batcher('first', options), batcher('second', options)]
    const controller = new AbortController()
    const heavy = observe(first.process(8, { signal: controller.signal }))
    processEach(first, [1])
    await clock.advance(0)
    processEach(second, [2])
    await clock.advance(0)
    expect([perWeight.queued, log]).toEqual([2, []])
    controller.abort()
    await clock.advance(999)
    expect([heavy.status, log.length]).toEqual(['rejected', 1])
    await clock.advance(1)
    expect(log.flatMap(([at, , items]) => items.map((item) => [at, item])).length).toBe(2)
    expect(log[1]?.[0]).toBe(1000)
    expect([limiter.queued, perWeight.queued, clock.timerCount]).toEqual([0, 0, 0])
  })

  it('makes a batcher wait behind those who took directly before, and they behind it', async () => {
    const { clock, limiter, log, batcher } = shared({ limit: 1 })
    limiter.tryTake()
    const take = (by: string): void => {
      void limiter.take().then(() => log.push([clock.now(), by, []]))
    }
    take('first')
    processEach(batcher('a'), [0])
    await clock.advance(1)
    take('last')
    expect([limiter.queued, limiter.tryTake()]).toEqual([3, false])
    await clock.advance(5000)
    expect(log.map(([at, by]) => [at, by])).toEqual([
      [1000, 'first'],
      [2000, 'a'],
      [3000, 'last'],
    ])
  })

  it('lets no newcomer pass a heavy one that waits, be it a batch or a direct one', async () => {
    const { clock, limiter, log, batcher } = shared({ limit: 10, of: 'weight' })
    const weight = { of: (item: number) => item, max: 100 }
    limiter.tryTake(5)
    processEach(batcher('heavy', { weight }), [8])
    await clock.advance(1)
    processEach(batcher('light', { weight }), [2])
    processEach(batcher('weightless', { weight }), [0])
    await clock.advance(0)
    const direct = observe(limiter.take())
    await clock.advance(998)
    expect(log).toEqual([])
    expect(direct.status).toBe('pending')
    await clock.advance(1)
    expect(log).toEqual([
      [1000, 'heavy', [8]],
      [1000, 'light', [2]],
      [1000, 'weightless', [0]],
    ])
    await clock.advance(1000)
    expect(direct.status).toBe('fulfilled')
  })

  it('gives the place of a batcher that gave up to the next in line', async () => {
    const { clock, limiter, log, batcher } = shared({ limit: 10, of: 'weight' })
    const weight = { of: (item: number) => item, max: 100 }
    limiter.tryTake(5)
    const [heavy, light] = [batcher('heavy', { weight }), batcher('light', { weight })]
    const controller = new AbortController()
    observe(heavy.process(8, { signal: controller.signal }))
    await clock.advance(1)
    processEach(light, [2])
    await clock.advance(1)
    controller.abort()
    await clock.advance(0)
    expect(log).toEqual([[2, 'light', [2]]])
    expect([limiter.queued, clock.timerCount]).toEqual([0, 0])
  })

  it('goes on for the others when one of them is aborted, closed or paused', async () => {
    const { clock, limiter, log, batcher } = shared({ limit: 1 })
    limiter.tryTake()
    const batchers = ['aborted', 'closed', 'paused', 'usual'].map((name) => batcher(name))
    const callers = []
    for (const one of batchers) {
      callers.push(...processEach(one, [0]))
      await clock.advance(1)
    }
    batchers[0]?.abort()
    void batchers[1]?.close({ timeout: 10 })
    batchers[2]?.pause()
    await clock.advance(996)
    expect(log).toEqual([[1000, 'usual', [0]]])
    expect(statuses(callers)).toEqual(['rejected', 'rejected', 'pending', 'fulfilled'])
    expect([limiter.queued, clock.timerCount]).toEqual([0, 0])
  })

  it('goes on after one of them failed, and counts that one', async () => {
    const { clock, limiter, log, batcher } = shared({ limit: 1 })
    const failing = new Batcher<number, number>(
      () => {
        throw new Error('down')
      },
      { rateLimit: limiter, clock },
    )
    const failed = processEach(failing, [0])
    await clock.advance(0)
    processEach(batcher('a'), [1])
    await clock.advance(5000)
    expect(statuses(failed)).toEqual(['rejected'])
    expect(log).toEqual([[1000, 'a', [1]]])
  })

  it('counts what each of them says that its items weigh', async () => {
    const { clock, limiter, log, batcher } = shared({ limit: 6, of: 'weight' })
    processEach(batcher('a', { weight: { of: () => 1, max: 100 } }), range(4))
    processEach(batcher('b', { weight: { of: () => 2, max: 100 } }), range(2))
    await clock.advance(999)
    expect(log).toEqual([
      [0, 'a', [0, 1, 2, 3]],
      [0, 'b', [0]],
    ])
    await clock.advance(1)
    expect(log[2]).toEqual([1000, 'b', [1]])
    expect(limiter.allowance).toBe(4)
  })

  it('may stand in two lists in different order without anybody waiting for ever', async () => {
    const clock = new ManualClock()
    const one = new RateLimiter({ limit: 1, interval: 30, clock })
    const other = new RateLimiter({ limit: 1, interval: 50, clock })
    const departures: string[] = []
    const batcher = (by: string, rateLimit: RateLimiter[]) =>
      new Batcher(
        (items: number[]) => {
          departures.push(by)
          return items
        },
        { rateLimit, clock, ...single },
      )
    processEach(batcher('a', [one, other]), range(20))
    processEach(batcher('b', [other, one]), range(20))
    await clock.advance(60 * 50)
    expect(departures).toHaveLength(40)
    expect([one.queued, other.queued, clock.timerCount]).toEqual([0, 0, 0])
  })

  it('keeps the place of a batcher to which more items come while it waits', async () => {
    const { clock, limiter, log, batcher } = shared({ limit: 1 })
    limiter.tryTake(1)
    const [one, other] = [batcher('a', single), batcher('b', single)]
    processEach(one, [0])
    await clock.advance(1)
    processEach(other, [0])
    await clock.advance(1)
    processEach(one, [1])
    await clock.advance(3000)
    expect(log.map(([, by]) => by).join('')).toBe('aba')
  })
})
