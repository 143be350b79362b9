import { Batcher, RateLimiter, Semaphore } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { departuresOn, range } from '../support/departures.ts'
import { observe } from '../support/observe.ts'
import { schedule } from '../support/rates.ts'
import { collect, numbers, Source, take } from '../support/source.ts'

async function* asyncNumbers() {
  for (const number of range(5)) {
    await null
    yield number
  }
}

function* syncNumbers() {
  yield* range(5)
}

describe('Batcher.processIterable()', () => {
  const double = (items: number[]) => items.map((item) => item * 2)

  it.each<[string, () => Iterable<number> | AsyncIterable<number>]>([
    ['an array', () => range(5)],
    ['a typed array', () => Uint8Array.from(range(5))],
    ['a Set', () => new Set(range(5))],
    [
      'the values of a Map',
      () => new Map(range(5).map((number) => [`${number}`, number])).values(),
    ],
    ['a generator', syncNumbers],
    ['an iterator that can be iterated', () => range(5)[Symbol.iterator]()],
    ['an object with an iterator', () => ({ [Symbol.iterator]: () => syncNumbers() })],
    ['an async generator', asyncNumbers],
    ['an object with an async iterator', () => ({ [Symbol.asyncIterator]: () => asyncNumbers() })],
    ['an async iterator that can be iterated', () => numbers(5)],
    [
      'a web stream',
      () =>
        new ReadableStream({
          start: (stream) => {
            for (const number of range(5)) stream.enqueue(number)
            stream.close()
          },
        }),
    ],
    // for await takes them as well, though types do not say so.
    ['a list of promises', () => range(5).map(async (number) => await number) as never],
  ])('takes the items of %s', async (_, source) => {
    for (const maxBatchSize of [1, 2, 100]) {
      const batcher = new Batcher(double, { maxBatchSize })
      expect(await collect(batcher.processIterable(source()))).toEqual([0, 2, 4, 6, 8])
      expect([batcher.queuedCount, batcher.activeCount]).toEqual([0, 0])
    }
  })

  it('takes the characters of a text', async () => {
    const codes = new Batcher((letters: string[]) => letters.map((letter) => letter.codePointAt(0)))
    expect(await collect(codes.processIterable('a👍'))).toEqual([97, 0x1_f4_4d])
  })

  it.each([[[]], [''], [new Set<never>()], [numbers(0)]])(
    'is empty for an empty source (%#)',
    async (source) => {
      const batches = manualBatches<never, never>()
      const batcher = new Batcher(batches.batchFunction)
      expect(await collect(batcher.processIterable(source as Iterable<never>))).toEqual([])
      expect(batches.calls).toHaveLength(0)
    },
  )

  it('lets falsy items and results travel like any other', async () => {
    const falsy = [0, '', false, null, undefined, Number.NaN, 0n]
    const batcher = new Batcher((items: unknown[]) => items)
    expect(await collect(batcher.processIterable(falsy))).toEqual(falsy)
    const results = batcher.processIterable(new Source<undefined>(() => undefined))
    expect(await take(results, 2)).toEqual([undefined, undefined])
    await results.return?.()
  })

  it('gives the results in the order of the items, whichever batch ends first', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2, concurrency: 3 })
    const results = observe(collect(batcher.processIterable(numbers(6))))
    await settle()
    expect(batches.items).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ])
    for (const index of [2, 0, 1]) {
      expect(results.status).toBe('pending')
      batches.calls[index]?.resolve(batches.items[index]?.map((item) => item * 2))
      await settle()
    }
    expect(results.value).toEqual([0, 2, 4, 6, 8, 10])
  })

  it('forms full batches and uses all slots', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const batcher = new Batcher(
      async (items: number[], context) => {
        await clock.sleep(10)
        return batchFunction(items, context)
      },
      { maxBatchSize: 10, concurrency: 4, clock },
    )
    const results = observe(collect(batcher.processIterable(range(400))))
    await clock.advance(110)
    expect(results.value).toEqual(range(400))
    expect(departures.map(({ items }) => items.length)).toEqual(range(40).map(() => 10))
    expect(clock.timerCount).toBe(0)
  })

  it('shares batches with other callers, other sources among them', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const one = observe(collect(batcher.processIterable([0, 1])))
    const other = observe(collect(batcher.processIterable([2, 3])))
    const caller = observe(batcher.process(4))
    await settle()
    const sent = batches.items.flat()
    expect(new Set(sent)).toEqual(new Set(range(5)))
    expect(sent).toHaveLength(5)
    while (batcher.activeCount > 0) {
      for (const call of batches.calls) call.resolve(call.items)
      await settle()
    }
    expect([one.value, other.value, caller.value]).toEqual([[0, 1], [2, 3], 4])
  })

  it('hands over its items with their priority', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2 })
    batcher.pause()
    for (const item of [10, 11]) observe(batcher.process(item))
    observe(collect(batcher.processIterable([0, 1], { priority: 5 })))
    await settle()
    batcher.resume()
    await settle()
    expect(batches.items).toEqual([[0, 1]])
  })

  it('keeps a rateLimit and a shared Semaphore, and leaves nothing of them', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const concurrency = new Semaphore(2)
    const rateLimit = new RateLimiter({ limit: 4, interval: 100, of: 'items', clock })
    const batcher = new Batcher(batchFunction, { maxBatchSize: 3, concurrency, rateLimit, clock })
    const results = observe(collect(batcher.processIterable(numbers(10))))
    await clock.advance(1000)
    expect(results.value).toEqual(range(10))
    const sent = schedule(departures).map(([at, items]) => [at, items.length])
    expect(sent.flatMap(([at, length]) => range(length ?? 0).map(() => at))).toEqual([
      0, 0, 0, 0, 100, 100, 100, 100, 200, 200,
    ])
    expect([rateLimit.queued, concurrency.active, concurrency.queued]).toEqual([0, 0, 0])
    expect(clock.timerCount).toBe(0)
  })

  it('is an iterator that can be iterated, and stays at its end', async () => {
    const batcher = new Batcher(double)
    const results = batcher.processIterable(numbers(3))
    expect(results[Symbol.asyncIterator]()).toBe(results)
    expect(await take(results, 2)).toEqual([0, 2])
    expect(await collect(results)).toEqual([4])
    expect(await results.next()).toEqual({ done: true, value: undefined })
    expect(await results.next()).toEqual({ done: true, value: undefined })
    expect(await results.return?.()).toEqual({ done: true, value: undefined })
  })

  it('gives each of several calls of next() a result of its own, in their order', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const results = batcher.processIterable(numbers(3))
    const steps = range(5).map(() => observe(results.next()))
    await settle()
    while (batcher.activeCount > 0) {
      for (const call of batches.calls) call.resolve(call.items)
      await settle()
    }
    expect(steps.map(({ value }) => value)).toEqual([
      ...range(3).map((value) => ({ done: false, value })),
      { done: true, value: undefined },
      { done: true, value: undefined },
    ])
  })

  it('can be used again and again, at the same time', async () => {
    const batcher = new Batcher(double, { maxBatchSize: 3, concurrency: 2 })
    const all = await Promise.all(
      range(20).map((length) => collect(batcher.processIterable(numbers(length)))),
    )
    expect(all).toEqual(range(20).map((length) => range(length).map((number) => number * 2)))
    await batcher.close()
  })
})
