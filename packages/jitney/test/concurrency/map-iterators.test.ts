import { asCompleted, map, mapIterable, mapSettled, Semaphore } from 'jitney'
import { deferred, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { range } from '../support/departures.ts'
import { observe, reasonOf } from '../support/observe.ts'
import { collect, end, numbers, Source, take } from '../support/source.ts'
import { manualCalls } from './manual-calls.ts'

const iterators: Record<string, typeof mapIterable> = { mapIterable, asCompleted }

describe.each(Object.entries(iterators))('%s', (_name, iterate) => {
  it('opens and pulls nothing before the first next()', async () => {
    const source = numbers(3)
    const iterator = iterate(source, (item) => item)
    await settle()
    expect([source.opened, source.pulled]).toEqual([0, 0])
    await iterator.next()
    expect(source.opened).toBe(1)
  })

  it('gives calls of next() that nobody awaited an element each, in their order', async () => {
    const calls = manualCalls<number, number>()
    const iterator = iterate(range(3), calls.fn, { concurrency: 1 })
    const steps = range(5).map(() => observe(iterator.next()))
    for (const item of range(3)) {
      await settle()
      calls.running[0]?.resolve(item * 10)
    }
    await settle()
    expect(steps.map(({ value }) => value)).toEqual([
      { done: false, value: 0 },
      { done: false, value: 10 },
      { done: false, value: 20 },
      { done: true, value: undefined },
      { done: true, value: undefined },
    ])
  })

  it('is as quick with 100,000 calls of next() as with one', async () => {
    const iterator = iterate(range(100_000), (item) => item, { concurrency: 1 })
    const steps = await Promise.all(range(100_000).map(() => iterator.next()))
    expect(steps.map(({ value }) => value)).toEqual(range(100_000))
  })

  it('keeps 100,000 results until they are taken', async () => {
    const iterator = iterate(range(100_000), (item) => item)
    const first = await iterator.next()
    await settle()
    expect(first.value).toBe(0)
    expect(await collect(iterator)).toEqual(range(100_000, 1).slice(0, -1))
  })

  it('gives an error to one call of next(), and done to the others', async () => {
    const calls = manualCalls<number, number>()
    const iterator = iterate([1, 2], calls.fn)
    const steps = range(3).map(() => observe(iterator.next()))
    const failure = new Error('first')
    calls.all[0]?.reject(failure)
    calls.all[1]?.resolve(2)
    await settle()
    expect(steps[0]?.reason).toBe(failure)
    expect(steps.slice(1).map(({ value }) => value?.done)).toEqual([true, true])
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('gives what was ready before the error of the source', async () => {
    const failure = new Error('source')
    const fed = deferred<number>()
    const iterator = iterate(
      new Source<number>((index) => (index < 3 ? index : fed.promise)),
      (item) => item,
    )
    const first = await iterator.next()
    await settle()
    fed.reject(failure)
    await settle()
    expect(first.value).toBe(0)
    expect(await take(iterator, 2)).toEqual([1, 2])
    expect(await reasonOf(iterator.next())).toBe(failure)
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('drops what was ready after an abort, also if everything had been done', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const iterator = iterate([1, 2, 3], (item) => item, { signal })
    await iterator.next()
    await settle()
    controller.abort('enough')
    expect(await reasonOf(iterator.next())).toBe('enough')
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('is done when the last result was taken: an abort after that changes nothing', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const iterator = iterate([1], (item) => item, { signal })
    await iterator.next()
    controller.abort('late')
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('gives nothing to who asks within the abort', async () => {
    const controller = new AbortController()
    const { signal } = controller
    let step = observe(new Promise(() => {}))
    signal.addEventListener('abort', () => {
      step = observe(iterator.next())
    })
    const iterator = iterate([1, 2, 3], (item) => item, { signal })
    await iterator.next()
    await settle()
    controller.abort('enough')
    await settle()
    expect(step.reason).toBe('enough')
  })

  it('can be asked and left from within the function and the source', async () => {
    const steps: Promise<unknown>[] = []
    function* asking(): Generator<number> {
      steps.push(iterator.next())
      yield 1
      yield 2
      yield 3
    }
    const iterator = iterate<number, number>(
      asking(),
      (item) => {
        if (item === 2) steps.push(iterator.return!())
        return item
      },
      { concurrency: 2 },
    )
    steps.push(iterator.next())
    await settle()
    expect(await Promise.all(steps)).toEqual(
      expect.arrayContaining([{ done: true, value: undefined }]),
    )
  })

  it('gives itself to a loop', () => {
    const iterator = iterate([1], (item) => item)
    expect(iterator[Symbol.asyncIterator]()).toBe(iterator)
  })
})

describe('mapIterable', () => {
  it('gives results in input order', async () => {
    const calls = manualCalls<number, number>()
    const results = observe(collect(mapIterable(range(3), calls.fn)))
    await settle()
    for (const call of calls.running.toReversed()) call.resolve(call.item)
    await settle()
    expect(results.value).toEqual([0, 1, 2])
  })

  it.each([
    [{ concurrency: 3, buffer: 2 }, 5],
    [{ concurrency: 3, buffer: 0 }, 3],
    [{ concurrency: 3 }, 6],
    [{ concurrency: 3, buffer: undefined }, 6],
    [{ concurrency: new Semaphore(3) }, 6],
    [{ concurrency: new Semaphore(3), buffer: 1 }, 4],
  ])('pulls concurrency + buffer ahead of the consumer: %o', async (options, ahead) => {
    const source = numbers(1000)
    const iterator = mapIterable(source, (item) => item, options)
    await iterator.next()
    await settle()
    expect(source.pulled).toBe(1 + ahead)
    await take(iterator, 2)
    await settle()
    expect(source.pulled).toBe(3 + ahead)
  })

  it('runs no more than concurrency, however large the buffer', async () => {
    const calls = manualCalls<number, number>()
    const iterator = mapIterable(range(100), calls.fn, { concurrency: 3, buffer: Infinity })
    void iterator.next()
    for (const count of range(50, 3)) {
      await settle()
      expect(calls.running).toHaveLength(3)
      expect(calls.all).toHaveLength(count)
      calls.running[1]?.resolve(0)
    }
  })

  it('fills all places again when one result lets go of several', async () => {
    const calls = manualCalls<number, number>()
    const iterator = mapIterable(range(100), calls.fn, { concurrency: 3, buffer: 0 })
    for (const _ of range(3)) void iterator.next()
    calls.all[1]?.resolve(1)
    calls.all[2]?.resolve(2)
    await settle()
    expect(calls.running).toHaveLength(1)
    calls.all[0]?.resolve(0)
    await settle()
    expect(calls.running).toHaveLength(3)
  })

  it('gives the contiguous beginning before an error, and drops the rest', async () => {
    const calls = manualCalls<number, number>()
    const iterator = mapIterable(range(5), calls.fn)
    const first = observe(iterator.next())
    calls.all[0]?.resolve(0)
    calls.all[1]?.resolve(10)
    calls.all[3]?.resolve(30)
    await settle()
    expect(first.value).toEqual({ done: false, value: 0 })
    const failure = new Error('four')
    calls.all[4]?.reject(failure)
    await settle()
    // In flight at the stop: dropped.
    calls.all[2]?.resolve(20)
    expect(await take(iterator, 1)).toEqual([10])
    expect(await reasonOf(iterator.next())).toBe(failure)
  })
})

describe('asCompleted', () => {
  it('gives results as they come', async () => {
    const calls = manualCalls<number, number>()
    const results = observe(collect(asCompleted(range(4), calls.fn)))
    await settle()
    for (const index of [2, 0, 3, 1]) calls.all[index]?.resolve(index)
    await settle()
    expect(results.value).toEqual([2, 0, 3, 1])
  })

  it('pulls concurrency ahead of the consumer, and no further', async () => {
    const source = numbers(1000)
    const iterator = asCompleted(source, (item) => item, { concurrency: 3 })
    await iterator.next()
    await settle()
    expect(source.pulled).toBe(4)
    await take(iterator, 2)
    await settle()
    expect(source.pulled).toBe(6)
  })

  it('calls the items themselves, if there is no function', async () => {
    const seen: unknown[] = []
    const thunks = [
      async (...parameters: unknown[]) => {
        seen.push(...parameters)
        await null
        return 'slow'
      },
      () => 'fast',
    ]
    expect(await collect(asCompleted(thunks))).toEqual(['fast', 'slow'])
    expect(seen).toEqual([expect.objectContaining({ signal: expect.any(AbortSignal) })])
  })

  it('bounds and aborts thunks like others', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const signals: AbortSignal[] = []
    const thunks = new Source((index) =>
      index > 9
        ? end()
        : (context: { signal: AbortSignal }) => {
            signals.push(context.signal)
            return new Promise<never>((_resolve, reject) => {
              context.signal.addEventListener('abort', () => {
                reject(new Error('clean-up'))
              })
            })
          },
    )
    const step = observe(asCompleted(thunks, { concurrency: 2, signal }).next())
    await settle()
    expect(signals).toHaveLength(2)
    controller.abort('enough')
    await settle()
    expect([step.reason, thunks.closed]).toEqual(['enough', 1])
  })

  it('fails for an item that is no function', async () => {
    const thunks = [() => 1, 5] as (() => number)[]
    expect(await reasonOf(collect(asCompleted(thunks)))).toBeInstanceOf(TypeError)
  })
})

describe('the arguments', () => {
  const source = [1]
  const fn = (item: number): number => item
  const { signal } = new AbortController()
  const forms: Record<string, (...parameters: never[]) => unknown> = {
    map,
    mapSettled,
    mapIterable,
    asCompleted,
  }
  const wrong: [string, unknown[], string][] = [
    ['a source that is no iterable', [5, fn], "'source' must be an iterable"],
    ['no source', [], "'source' must be an iterable, received undefined"],
    ['a function that is none', [source, 'x', {}], '\'fn\' must be a function, received "x"'],
    ['options that are none', [source, fn, 5], "'options' must be an object, received 5"],
    ['an unknown option', [source, fn, { limit: 2 }], 'received "limit"'],
    ['concurrency 0', [source, fn, { concurrency: 0 }], "'concurrency' must be"],
    ['NaN', [source, fn, { concurrency: NaN }], 'received NaN'],
    ['a fraction', [source, fn, { concurrency: 1.5 }], 'received 1.5'],
    ['a negative', [source, fn, { concurrency: -1 }], 'received -1'],
    [
      'a text',
      [source, fn, { concurrency: '2' }],
      `'concurrency' must be an integer of at least 1, or Infinity, or a Semaphore, received "2"`,
    ],
    ['null', [source, fn, { concurrency: null }], 'received null'],
    ['a signal that is none', [source, fn, { signal: {} }], "'signal' must be an AbortSignal"],
  ]

  describe.each(Object.entries(forms))('of %s', (name, form) => {
    const promises = name === 'map' || name === 'mapSettled'
    it.each(wrong)(
      `${promises ? 'reject' : 'throw at the call'} for %s`,
      async (_, given, text) => {
        const call = (): unknown => form(...(given as never[]))
        let result: unknown
        let thrown: unknown
        try {
          result = call()
        } catch (error) {
          thrown = error
        }
        expect(thrown === undefined).toBe(promises)
        const error = promises ? await reasonOf(result as Promise<unknown>) : thrown
        expect(String(error)).toContain(`Cannot call ${name}: `)
        expect(String(error)).toContain(text)
      },
    )

    it('are a TypeError for the wrong kind, a RangeError for the wrong range', async () => {
      const errorOf = async (options: object): Promise<unknown> => {
        try {
          await form(...([source, fn, options] as never[]))
          return undefined
        } catch (error) {
          return error
        }
      }
      expect(await errorOf({ concurrency: '1' })).toBeInstanceOf(TypeError)
      expect(await errorOf({ concurrency: 0 })).toBeInstanceOf(RangeError)
      expect(await errorOf({ concurrency: 1, signal })).toBeUndefined()
    })
  })

  it('of mapIterable name the buffer, which others do not know', async () => {
    for (const buffer of [-1, 0.5, NaN]) {
      expect(() => mapIterable(source, fn, { buffer })).toThrow(
        `'buffer' must be an integer of at least 0, or Infinity, received ${buffer}`,
      )
    }
    expect(() => mapIterable(source, fn, { buffer: '1' as never })).toThrow(TypeError)
    expect(() => asCompleted(source, fn, { buffer: 1 } as never)).toThrow('received "buffer"')
    for (const gather of [map, mapSettled]) {
      await expect(gather(source, fn, { buffer: 1 } as never)).rejects.toThrow('received "buffer"')
    }
  })

  it('without a function may be options alone', () => {
    expect(() => asCompleted([], { concurrency: 0 })).toThrow("'concurrency' must be")
    expect(() => asCompleted([], {})).not.toThrow()
    expect(() => asCompleted([], 5 as never)).toThrow("'options' must be an object")
  })
})
