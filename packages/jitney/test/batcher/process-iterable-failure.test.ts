import { BatchAbortedError, Batcher, BatcherClosedError, BatchError, outcome } from 'jitney'
import { deferred, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, reasonOf } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'
import { collect, end, numbers, Source, take } from '../support/source.ts'

const same = (items: number[]) => items
const bad = new Error('bad')

/** The results that come, and what ends them. */
async function resultsOf(results: AsyncIterable<number>): Promise<[number[], unknown]> {
  const values: number[] = []
  try {
    for await (const value of results) values.push(value)
  } catch (error) {
    return [values, error]
  }
  return [values, undefined]
}

async function expectAtItsEnd(results: AsyncIterator<number>): Promise<void> {
  expect(await results.next()).toEqual({ done: true, value: undefined })
  expect(await results.return?.()).toEqual({ done: true, value: undefined })
}

describe('Batcher.processIterable() and an item that fails', () => {
  const fails = (failing: number) => (items: number[]) =>
    items.map((item) => (item === failing ? bad : item))

  it.each([1, 3, 100])(
    'gives the results before it, then its very error (in batches of %d)',
    async (maxBatchSize) => {
      const source = numbers(100)
      const batcher = new Batcher(fails(5), { maxBatchSize })
      const results = batcher.processIterable(source)
      expect(await resultsOf(results)).toEqual([range(5), bad])
      await expectAtItsEnd(results)
      await settle()
      expect([batcher.queuedCount, batcher.activeCount]).toEqual([0, 0])
      expect(source.closed).toBe(source.pulled > 100 ? 0 : 1)
    },
  )

  it('takes back what is queued, tells what is in flight, and waits for the source to close', async () => {
    const batches = manualBatches<number, number>()
    const options = { maxBatchSize: 2, maxQueueTime: Infinity, concurrency: 2 }
    const batcher = new Batcher(batches.batchFunction, options)
    const closing = deferred()
    const source = numbers(100, () => closing.promise)
    const results = batcher.processIterable(source)
    const steps = [observe(results.next()), observe(results.next())]
    await settle()
    batches.calls[0]?.resolve([0, bad])
    await settle()
    expect(steps[0]?.value).toEqual({ done: false, value: 0 })
    expect([steps[1]?.status, source.closed]).toEqual(['pending', 1])
    expect(batcher.queuedCount).toBe(0)
    expect(batches.calls.slice(1).map(({ context }) => context.signal.aborted)).not.toContain(false)
    closing.resolve()
    await settle()
    expect(steps[1]?.reason).toBe(bad)
    await expectAtItsEnd(results)
    expect(source.closed).toBe(1)
  })

  it('tells the error of the item, though closing the source fails too', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const source = new Source(
        (index) => index,
        () => {
          throw new Error('cannot close')
        },
      )
      const results = new Batcher(fails(1), { maxBatchSize: 1 }).processIterable(source)
      expect(await resultsOf(results)).toEqual([[0], bad])
      expect(source.closed).toBe(1)
    })
    expect(unhandled).toEqual([])
  })

  it('fails with the reason itself, be it falsy', async () => {
    const batcher = new Batcher((items: number[]) =>
      items.map((item) => (item === 1 ? outcome.error(undefined) : item)),
    )
    const results = batcher.processIterable([0, 1, 2])
    expect(await results.next()).toEqual({ done: false, value: 0 })
    expect(await reasonOf(results.next())).toBeUndefined()
    await expectAtItsEnd(results)
  })

  it('raises nothing unheard, however many items fail behind it', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const failing = new Batcher<number, number>(
        (items) => {
          if (items.includes(0)) return items
          throw bad
        },
        { maxBatchSize: 1, concurrency: 10 },
      )
      const read = failing.processIterable(numbers(8))
      expect(await take(read, 1)).toEqual([0])
      await settle()
      expect(await reasonOf(read.next())).toBeInstanceOf(BatchError)
      // Nobody reads on, and nobody leaves either.
      const dropped = failing.processIterable(numbers(8))
      expect(await take(dropped, 1)).toEqual([0])
      await settle()
    })
    expect(unhandled).toEqual([])
  })
})

describe('Batcher.processIterable() and a batch that fails', () => {
  it('ends with a BatchError, after the results of the batches before', async () => {
    const source = numbers(100)
    const batcher = new Batcher(
      (items: number[]) => {
        if (items.includes(7)) throw bad
        return items
      },
      { maxBatchSize: 3, maxQueueTime: Infinity },
    )
    const [values, error] = await resultsOf(batcher.processIterable(source))
    expect(values).toEqual(range(6))
    expect(error).toBeInstanceOf(BatchError)
    expect(error).toMatchObject({ cause: bad })
    expect(source.closed).toBe(1)
    expect([batcher.queuedCount, batcher.activeCount]).toEqual([0, 0])
  })

  it('goes on where another attempt helps', async () => {
    const batcher = new Batcher(
      (items: number[], { entries }) => {
        if (entries.some(({ attempt }) => attempt === 1) && items.includes(7)) throw bad
        return items
      },
      { maxBatchSize: 3, retry: { attempts: 9, minDelay: 0 } },
    )
    expect(await collect(batcher.processIterable(numbers(20)))).toEqual(range(20))
  })
})

describe('Batcher.processIterable() and a source that fails', () => {
  const failsAt = (failing: number) =>
    new Source((index) => {
      if (index === failing) throw bad
      return index < 100 ? index : end()
    })

  it.each([1, 3, 100])(
    'gives the results of the items before, then its error (in batches of %d)',
    async (maxBatchSize) => {
      const source = failsAt(5)
      const batcher = new Batcher(same, { maxBatchSize, maxQueueTime: Infinity })
      const results = batcher.processIterable(source)
      const outcomes = observe(resultsOf(results))
      await settle()
      expect(outcomes.value).toEqual([range(5), bad])
      await expectAtItsEnd(results)
      expect([source.pulled, source.closed]).toEqual([6, 0])
      expect([batcher.queuedCount, batcher.activeCount]).toEqual([0, 0])
    },
  )

  it('fails with it when there was no item', async () => {
    expect(await resultsOf(new Batcher(same).processIterable(failsAt(0)))).toEqual([[], bad])
  })

  it('tells the error of an item before it instead', async () => {
    const worse = new Error('worse')
    const batcher = new Batcher((items: number[]) =>
      items.map((item) => (item === 2 ? worse : item)),
    )
    expect(await resultsOf(batcher.processIterable(failsAt(5)))).toEqual([[0, 1], worse])
  })

  it.each<[string, () => unknown]>([
    [
      'a generator that throws',
      function* () {
        yield 0
        throw bad
      },
    ],
    [
      'an async generator that throws',
      async function* () {
        yield 0
        throw bad
      },
    ],
    ['a promise that rejects', () => [Promise.resolve(0), Promise.reject(bad)]],
  ])('fails with the error of %s', async (_, source) => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const results = new Batcher(same).processIterable(source() as Iterable<number>)
      expect(await resultsOf(results)).toEqual([[0], bad])
    })
    expect(unhandled).toEqual([])
  })

  it.each<[string, object]>([
    [
      'that cannot be iterated',
      {
        [Symbol.iterator]: () => {
          throw bad
        },
      },
    ],
    [
      'that cannot be iterated in time',
      {
        [Symbol.asyncIterator]: () => {
          throw bad
        },
      },
    ],
    [
      'whose steps cannot be read',
      {
        [Symbol.iterator]: () => ({
          next: () =>
            Object.defineProperty({}, 'done', {
              get: () => {
                throw bad
              },
            }),
        }),
      },
    ],
  ])('fails with the error of a source %s', async (_, source) => {
    const results = new Batcher(same).processIterable(source as Iterable<number>)
    expect(await resultsOf(results)).toEqual([[], bad])
    await expectAtItsEnd(results)
  })
})

describe('Batcher.processIterable() of a batcher that ends', () => {
  it('is refused by a closed one, and closes its source', async () => {
    const batcher = new Batcher(same)
    await batcher.close()
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const source = numbers(10)
      const results = batcher.processIterable(source)
      await settle()
      expect(source.pulled).toBe(0)
      expect(await reasonOf(results.next())).toBeInstanceOf(BatcherClosedError)
      expect(source.closed).toBe(source.opened)
      await expectAtItsEnd(results)
    })
    expect(unhandled).toEqual([])
  })

  it('gives the results of what was handed over before close()', async () => {
    const source = numbers(100)
    const batcher = new Batcher(same, { maxBatchSize: 2 })
    const results = batcher.processIterable(source)
    const before = await take(results, 3)
    await batcher.close()
    const [after, error] = await resultsOf(results)
    expect([...before, ...after]).toEqual(range(before.length + after.length))
    expect(error).toBeInstanceOf(BatcherClosedError)
    expect(source.closed).toBe(1)
  })

  it('fails as all callers do after abort()', async () => {
    const batches = manualBatches<number, number>()
    const source = numbers(100)
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2 })
    const ended = observe(resultsOf(batcher.processIterable(source)))
    await settle()
    batcher.abort('over')
    await settle()
    const [values, error] = ended.value ?? []
    expect(values).toEqual([])
    expect(error).toBeInstanceOf(BatchAbortedError)
    expect(error).toMatchObject({ cause: 'over' })
    expect([source.closed, batcher.queuedCount]).toEqual([1, 0])
  })
})
