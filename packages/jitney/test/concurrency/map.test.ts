import { Readable } from 'node:stream'

import { asCompleted, map, mapIterable, mapSettled, Semaphore, type Source } from 'jitney'
import { deferred, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { range } from '../support/departures.ts'
import { observe } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'
import { collect } from '../support/source.ts'
import { manualCalls } from './manual-calls.ts'

const double = async (number: number): Promise<number> => number * 2

/** The forms that give all results in input order, as one shape. */
const gatherers = {
  map,
  mapSettled: async <Item, Result>(...parameters: Parameters<typeof map<Item, Result>>) => {
    const outcomes = await mapSettled(...parameters)
    return outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome))
  },
  mapIterable: async <Item, Result>(...parameters: Parameters<typeof map<Item, Result>>) =>
    collect(mapIterable(...parameters)),
  asCompleted: async <Item, Result>(...parameters: Parameters<typeof map<Item, Result>>) =>
    collect(asCompleted(...parameters)),
}

async function* later(numbers: readonly number[]): AsyncGenerator<number> {
  for (const number of numbers) {
    await null
    yield number
  }
}

function* now(numbers: readonly number[]): Generator<number> {
  yield* numbers
}

/** An iterable whose iterator has no `return()`, and gives promises. */
function promising(numbers: readonly number[]): Source<number> {
  return {
    [Symbol.iterator]() {
      let index = 0
      return {
        next: () => {
          const value = Promise.resolve(numbers[index] ?? 0)
          index += 1
          return index > numbers.length ? { done: true, value: undefined } : { done: false, value }
        },
      }
    },
  }
}

const sources: Record<string, (numbers: readonly number[]) => Source<number>> = {
  'an array': (numbers) => numbers,
  'a Set': (numbers) => new Set(numbers),
  'a generator': now,
  'an async generator': later,
  'a stream': (numbers) => Readable.from(numbers),
  'a web stream': (numbers) => Readable.toWeb(Readable.from(numbers)) as AsyncIterable<number>,
  'an array of promises': (numbers) => numbers.map((number) => Promise.resolve(number)),
  'an iterable of promises': promising,
}

describe.each(Object.entries(gatherers))('%s', (name, gather) => {
  it.each(Object.entries(sources))('takes %s', async (_, sourceOf) => {
    const results = await gather(sourceOf([1, 2, 3, 4, 5]), double, { concurrency: 2 })
    expect(new Set(results)).toEqual(new Set([2, 4, 6, 8, 10]))
  })

  it('takes a source that is both iterable and async iterable as an async one', async () => {
    const both = { [Symbol.iterator]: () => now([1]), [Symbol.asyncIterator]: () => later([2]) }
    expect(await gather(both, double)).toEqual([4])
  })

  it('gives nothing for an empty source, without calling', async () => {
    const calls = manualCalls<number, number>()
    expect(await gather([], calls.fn)).toEqual([])
    expect(await gather(later([]), calls.fn)).toEqual([])
    expect(calls.all).toEqual([])
  })

  it('passes the item, its index and a signal', async () => {
    const seen: unknown[] = []
    await gather(['a', 'b'], (...parameters) => {
      const [item, index, { signal }] = parameters
      seen.push([item, index, signal instanceof AbortSignal, parameters.length])
    })
    expect(seen).toEqual([
      ['a', 0, true, 3],
      ['b', 1, true, 3],
    ])
  })

  it('has no more in flight than concurrency, and that many if it can', async () => {
    const calls = manualCalls<number, number>()
    const results = observe(gather(range(7), calls.fn, { concurrency: 3 }))
    for (const count of [3, 4, 5, 6, 7, 7, 7]) {
      await settle()
      expect(calls.all).toHaveLength(count)
      calls.running[0]?.resolve(0)
    }
    await settle()
    expect(results.status).toBe('fulfilled')
  })

  it('has everything in flight at once without concurrency, and with undefined', async () => {
    for (const options of [undefined, {}, { concurrency: undefined, signal: undefined }]) {
      const calls = manualCalls<number, number>()
      const results = observe(gather(later(range(50)), calls.fn, options))
      await settle()
      expect(calls.running).toHaveLength(50)
      for (const call of calls.running) call.resolve(0)
      await settle()
      expect(results.status).toBe('fulfilled')
    }
  })

  it('takes functions that return no promise, throw at once, or return a thenable', async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- a foreign promise
    const thenable = { then: (resolve: (value: number) => void) => resolve(7) }
    expect(await gather([1], (number) => number)).toEqual([1])
    expect(await gather([1], () => thenable as PromiseLike<number>)).toEqual([7])
    const failure = new Error('at once')
    const thrown = gather([1], () => {
      throw failure
    })
    const [outcome] = await Promise.allSettled([thrown])
    const error = { status: 'rejected', reason: failure }
    expect(outcome).toEqual(name === 'mapSettled' ? { status: 'fulfilled', value: [error] } : error)
  })

  it('is as deep on the stack after 100,000 synchronous results as after one', async () => {
    const results = await gather(range(100_000), (number) => number, { concurrency: 3 })
    expect(results).toHaveLength(100_000)
    expect(await gather(range(100_000), (number) => number)).toHaveLength(100_000)
  })

  it('stays within a semaphore that it shares, and holds a place for the function alone', async () => {
    const semaphore = new Semaphore(3)
    const other = await semaphore.acquire()
    const calls = manualCalls<number, number>()
    const item = deferred<number>()
    const results = observe(gather([item.promise, 1, 2, 3], calls.fn, { concurrency: semaphore }))
    await settle()
    // The capacity bounds what is pulled; an item that is awaited holds no place.
    expect(calls.items).toEqual([1, 2])
    expect([semaphore.active, semaphore.queued]).toEqual([3, 0])
    item.resolve(0)
    await settle()
    expect([semaphore.active, semaphore.queued]).toEqual([3, 1])
    other.release()
    await settle()
    expect(calls.items).toEqual([1, 2, 0])
    for (const call of calls.running) call.resolve(0)
    await settle()
    for (const call of calls.running) call.resolve(0)
    await settle()
    expect(results.status).toBe('fulfilled')
    expect([semaphore.active, semaphore.queued]).toEqual([0, 0])
  })

  it('follows the capacity of its semaphore, up and down', async () => {
    const semaphore = new Semaphore(1)
    const calls = manualCalls<number, number>()
    const results = observe(gather(range(12), calls.fn, { concurrency: semaphore }))
    await settle()
    expect(calls.running).toHaveLength(1)
    semaphore.capacity = 4
    calls.running[0]?.resolve(0)
    await settle()
    expect(calls.running).toHaveLength(4)
    semaphore.capacity = 2
    calls.running[0]?.resolve(0)
    calls.running[0]?.resolve(0)
    await settle()
    expect(calls.running).toHaveLength(2)
    while (results.status === 'pending') {
      calls.running[0]?.resolve(0)
      await settle()
    }
    expect(semaphore.active).toBe(0)
  })

  it('begins when a semaphore without places gets some', async () => {
    const semaphore = new Semaphore(0)
    const results = observe(gather([1, 2], double, { concurrency: semaphore }))
    await settle()
    expect(results.status).toBe('pending')
    semaphore.capacity = 1
    await settle()
    expect(results.value).toEqual([2, 4])
  })

  it('stays within one semaphore together with others', async () => {
    const semaphore = new Semaphore(4)
    let active = 0
    let most = 0
    const work = async (number: number): Promise<number> => {
      active += 1
      most = Math.max(most, active)
      for (let job = 0; job < number % 5; job += 1) await null
      active -= 1
      return number
    }
    await Promise.all([0, 1, 2].map(() => gather(range(100), work, { concurrency: semaphore })))
    expect([most, semaphore.active, semaphore.queued]).toEqual([4, 0, 0])
  })

  it('has one listener on a signal, however many use it, and none afterwards', async () => {
    const { signal } = new AbortController()
    const added: string[] = []
    const add = signal.addEventListener.bind(signal)
    signal.addEventListener = (...parameters: Parameters<typeof add>): void => {
      added.push(parameters[0])
      add(...parameters)
    }
    const warnings = await eventsDuring('warning', async () => {
      await Promise.all(range(50).map(() => gather(range(10), double, { signal })))
    })
    expect(warnings).toEqual([])
    expect(added).toEqual(['abort'])
  })

  it('warns of no listeners on the signals of its items', async () => {
    const warnings = await eventsDuring('warning', async () => {
      await gather(range(100), (_, __, { signal }) => {
        signal.addEventListener('abort', () => {})
      })
    })
    expect(warnings).toEqual([])
  })

  it('gives each item a signal of its own, always the same, that no success aborts', async () => {
    const signals = new Set<AbortSignal>()
    await gather(range(3), (_, __, context) => {
      expect(context.signal).toBe(context.signal)
      signals.add(context.signal)
    })
    expect(signals.size).toBe(3)
    expect([...signals].some(({ aborted }) => aborted)).toBe(false)
  })

  it('reports no promise of an array as unhandled, however late it comes to it', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const first = deferred<number>()
      const bad = Promise.reject<number>(new Error('bad'))
      const results = observe<readonly unknown[]>(
        gather([first.promise, bad, bad], double, { concurrency: 1 }),
      )
      await settle()
      expect(results.status).toBe('pending')
      first.resolve(1)
      await settle()
      expect(results.status).toBe(name === 'mapSettled' ? 'fulfilled' : 'rejected')
    })
    expect(unhandled).toEqual([])
  })
})

describe('map', () => {
  it('gives results in input order, whatever order they come in', async () => {
    const calls = manualCalls<number, string>()
    const results = map(range(2000), calls.fn)
    for (const call of calls.running.toReversed()) call.resolve(`result ${call.item}`)
    expect(await results).toEqual(range(2000).map((index) => `result ${index}`))
  })

  it('calls at once, not in a later job', () => {
    const calls = manualCalls<number, number>()
    void map([1, 2], calls.fn)
    expect(calls.items).toEqual([1, 2])
  })
})

describe('mapSettled', () => {
  it('gives an outcome for each item in input order, of items that are promises too', async () => {
    const outcomes = await mapSettled(
      [1, Promise.reject<number>(new Error('item')), 3],
      (number) => {
        if (number === 3) throw new RangeError('call')
        return number
      },
      { concurrency: 1 },
    )
    expect(outcomes).toEqual([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: new Error('item') },
      { status: 'rejected', reason: new RangeError('call') },
    ])
  })

  it('aborts nothing when an item fails', async () => {
    const calls = manualCalls<number, number>()
    const outcomes = observe(mapSettled([1, 2], calls.fn))
    calls.running[0]?.reject(new Error('one'))
    await settle()
    expect([outcomes.status, calls.all[1]?.context.signal.aborted]).toEqual(['pending', false])
    calls.running[0]?.resolve(2)
    await settle()
    expect(outcomes.value?.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  })

  it('counts an AbortError before any stop as an outcome like others', async () => {
    const reason = new DOMException('own', 'AbortError')
    expect(await mapSettled([1], () => Promise.reject(reason))).toEqual([
      { status: 'rejected', reason },
    ])
  })
})
