import { Batcher, type BatcherOptions, Semaphore } from 'jitney'
import { deferred, ManualClock, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { departuresOn, range } from '../support/departures.ts'
import { heapUsed } from '../support/memory.ts'
import { observe } from '../support/observe.ts'
import { schedule } from '../support/rates.ts'
import { collect, end, numbers, Source, take } from '../support/source.ts'

const same = (items: number[]) => items

describe('Batcher.processIterable() and how far it looks ahead', () => {
  it('takes nothing from the source before next() is called', async () => {
    const source = numbers(3)
    const batcher = new Batcher(same)
    const results = batcher.processIterable(source)
    await settle()
    expect(source.pulled).toBe(0)
    expect([batcher.queuedCount, batcher.activeCount]).toEqual([0, 0])
    expect((await results.next()).value).toBe(0)
  })

  it('never needs a source that is left before it was begun', async () => {
    const source = numbers(3)
    const results = new Batcher(same).processIterable(source)
    expect(await results.return?.()).toEqual({ done: true, value: undefined })
    expect(await results.next()).toEqual({ done: true, value: undefined })
    expect(source.pulled).toBe(0)
  })

  it.each<[string, BatcherOptions<number>, number]>([
    ['a batch for each slot and one more', { maxBatchSize: 5, concurrency: 3 }, 20],
    ['no more than maxQueueSize', { maxBatchSize: 5, concurrency: 3, maxQueueSize: 7 }, 7],
    ['no more than 10,000', { maxBatchSize: 9000, concurrency: 4 }, 10_000],
    ['no more than 10,000 with no bound', { maxBatchSize: 5, concurrency: Infinity }, 10_000],
    ['no more than 10,000 in one batch', { maxBatchSize: Infinity }, 10_000],
    ['a semaphore by its capacity', { maxBatchSize: 5, concurrency: new Semaphore(2) }, 15],
    ['one item, where no more may wait', { maxQueueSize: 1 }, 1],
  ])('looks ahead of what was taken: %s', async (_, options, ahead) => {
    const source = new Source((index) => index)
    const batcher = new Batcher(same, options)
    const results = batcher.processIterable(source)
    for (const taken of range(4, 1)) {
      await results.next()
      await settle()
      expect(source.pulled).toBeLessThanOrEqual(taken + ahead)
      // As far as it may, but for the one that is taken next.
      expect(source.pulled).toBeGreaterThanOrEqual(taken + ahead - 1)
    }
    await results.return?.()
    expect(batcher.queuedCount).toBe(0)
  })

  it('looks no further ahead at any moment, however fast it is read', async () => {
    const options = { maxBatchSize: 3, concurrency: 2 }
    const ahead = 9
    let asked = 0
    let furthest = 0
    const source = new Source((index) => {
      furthest = Math.max(furthest, index + 1 - asked)
      return index < 500 ? index : end()
    })
    const results = new Batcher(same, options).processIterable(source)
    do asked += 1
    while ((await results.next()).done !== true)
    expect(asked).toBe(501)
    expect(furthest).toBeLessThanOrEqual(ahead + 1)
  })

  it('looks no further ahead than the bound allows, so that its own items are never refused', async () => {
    for (const overflow of ['reject', 'wait'] as const) {
      for (const maxQueueSize of [1, 2, 7]) {
        const options = { maxBatchSize: 3, concurrency: 2, maxQueueSize, overflow }
        const batcher = new Batcher(async (items: number[]) => await items, options)
        expect(await collect(batcher.processIterable(numbers(50)))).toEqual(range(50))
        expect(batcher.stats().refused).toBe(0)
      }
    }
  })

  it('asks the source for one item at a time', async () => {
    let pulls = 0
    let most = 0
    const source = new Source(async (index) => {
      pulls += 1
      most = Math.max(most, pulls)
      await settle()
      pulls -= 1
      return index < 20 ? index : end()
    })
    const results = new Batcher(same, { maxBatchSize: 4 }).processIterable(source)
    await Promise.all(range(21).map(() => results.next()))
    expect(most).toBe(1)
    expect(source.opened).toBe(1)
  })

  it('stops the source while nobody takes results', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const source = new Source((index) => index)
    const batcher = new Batcher(batchFunction, { maxBatchSize: 2, clock })
    const results = batcher.processIterable(source)
    await take(results, 3)
    await clock.advance(0)
    const { pulled } = source
    const sent = departures.length
    await clock.advance(1e6)
    expect([source.pulled, departures.length, clock.timerCount]).toEqual([pulled, sent, 0])
    await take(results, 2)
    await settle()
    expect(source.pulled).toBe(pulled + 2)
    await results.return?.()
  })
})

describe('Batcher.processIterable() of a slow source', () => {
  it('gives results that are ready while it waits for the source', async () => {
    const pull = deferred<number>()
    const source = new Source((index) => (index < 2 ? index : pull.promise))
    const batcher = new Batcher(same)
    const results = batcher.processIterable(source)
    expect(await take(results, 2)).toEqual([0, 1])
    const next = observe(results.next())
    await settle()
    expect([source.pulled, next.status]).toEqual([3, 'pending'])
    pull.resolve(7)
    await settle()
    expect(next.value).toEqual({ done: false, value: 7 })
    await results.return?.()
  })

  it('sends items when they have waited for maxQueueTime, each counted from its own arrival', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const source = new Source(async (index) => {
      await clock.sleep(30)
      return index < 5 ? index : end()
    })
    const batcher = new Batcher(batchFunction, { maxQueueTime: 50, clock })
    const results = observe(collect(batcher.processIterable(source)))
    await clock.advance(200)
    expect(schedule(departures)).toEqual([
      [80, [0, 1]],
      [140, [2, 3]],
      [180, [4]],
    ])
    expect(departures[2]?.reason).toBe('flush')
    expect(results.value).toEqual(range(5))
    expect(clock.timerCount).toBe(0)
  })
})

describe('Batcher.processIterable() at the end of the source', () => {
  it.each([Infinity, 1e6])(
    'sends what is left at once, with a maxQueueTime of %d',
    async (maxQueueTime) => {
      const clock = new ManualClock()
      const { departures, batchFunction } = departuresOn(clock)
      const batcher = new Batcher(batchFunction, { maxBatchSize: 4, maxQueueTime, clock })
      const results = observe(collect(batcher.processIterable(numbers(10))))
      await settle()
      expect(results.value).toEqual(range(10))
      expect(departures.map(({ items }) => items.length)).toEqual([4, 4, 2])
      expect([batcher.queuedCount, clock.timerCount]).toEqual([0, 0])
    },
  )

  it('sends it as the end comes, be that late', async () => {
    const stop = deferred<number>()
    const source = new Source((index) => (index < 3 ? index : stop.promise))
    const batcher = new Batcher(same, { maxQueueTime: Infinity })
    const results = observe(collect(batcher.processIterable(source)))
    await settle()
    expect([results.status, batcher.queuedCount]).toEqual(['pending', 3])
    stop.resolve(Promise.resolve().then(end))
    await settle()
    expect(results.value).toEqual(range(3))
    expect(source.closed).toBe(0)
  })

  it('sends it also while the batcher is paused, as flush() does', async () => {
    const batcher = new Batcher(same)
    batcher.pause()
    const results = observe(collect(batcher.processIterable(numbers(3))))
    await settle()
    expect(results.value).toEqual(range(3))
  })

  it('does not come to a standstill when it has looked ahead as far as it may', async () => {
    const never = { maxQueueTime: Infinity } as const
    for (const options of [
      { ...never, maxBatchSize: Infinity },
      { ...never, maxBatchSize: 4, batchKey: (item: number) => item % 10 },
      { ...never, maxBatchSize: 4, dedupeKey: (item: number) => item % 3 },
    ] satisfies BatcherOptions<number>[]) {
      const batcher = new Batcher(same, options)
      const results = observe(collect(batcher.processIterable(numbers(25_000))))
      for (let round = 0; round < 20 && results.status === 'pending'; round += 1) await settle()
      expect(results.value).toHaveLength(25_000)
    }
  })
})

describe('Batcher.processIterable() of a million items', () => {
  it('takes constant memory', async () => {
    const count = 1_000_000
    const batcher = new Batcher(same, { maxBatchSize: 1000, concurrency: 4 })
    let sum = 0
    let early = 0
    function* source() {
      for (let item = 0; item < count; item += 1) yield item
    }
    for await (const item of batcher.processIterable(source())) {
      sum += item
      if (item === 100_000) early = await heapUsed()
    }
    expect((await heapUsed()) - early).toBeLessThan(5_000_000)
    expect(sum).toBe((count * (count - 1)) / 2)
    expect(batcher.stats()).toMatchObject({ items: count, fulfilled: count, queued: 0, active: 0 })
  })
})
