import { getEventListeners } from 'node:events'
import { Batcher, type Processor } from 'jitney'
import { deferred, manualBatches, settle } from 'jitney/testing'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, reasonOf } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'
import { collect, numbers, Source, take } from '../support/source.ts'

const same = (items: number[]) => items
const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

/** What is thrown at once. */
function thrownBy(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('arguments of Batcher.processIterable()', () => {
  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [5, '5'],
    [true, 'true'],
    [{}, 'Object'],
    [{ length: 1, 0: 1 }, 'Object of 1'],
    [{ next: () => ({ done: true }) }, 'Object'],
    [{ [Symbol.iterator]: 1 }, 'Object'],
    [{ [Symbol.asyncIterator]: null }, 'Object'],
    [() => [1], 'Function of 0'],
    [Promise.resolve([1]), 'Promise'],
  ])('throw at the call when the source cannot be iterated (%s)', (source, received) => {
    const batcher = new Batcher(same)
    const error = thrownBy(() => batcher.processIterable(source as never))
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({
      code: 'JITNEY_WRONG_TYPE',
      message: `Cannot process items: 'source' must be an iterable, received ${received}`,
    })
  })

  it.each<[unknown, typeof Error, RegExp]>([
    [null, TypeError, /'options' must be an object, received null$/],
    [5, TypeError, /'options' must be an object, received 5$/],
    [[], TypeError, /'options' must be an object, received Array of 0$/],
    [{ sginal: undefined }, TypeError, /'option' must be one of signal, .*, received "sginal"$/],
    [{ timeout: 5 }, TypeError, /'option' must be one of .*, received "timeout"$/],
    [{ signal: null }, TypeError, /'signal' must be an AbortSignal, received null$/],
    [{ signal: new AbortController() }, TypeError, /'signal' must be an AbortSignal/],
    [{ priority: '1' }, TypeError, /'priority' must be .*, received "1"$/],
    [{ priority: null }, TypeError, /'priority' must be .*, received null$/],
    [{ priority: Number.NaN }, RangeError, /'priority' must be .*, received NaN$/],
    [{ priority: Infinity }, RangeError, /'priority' must be .*, received Infinity$/],
  ])(
    'throw at the call when an option is wrong (%#), and nothing is asked of the source',
    async (options, type, message) => {
      const source = numbers(3)
      const batcher = new Batcher(same)
      const error = thrownBy(() => batcher.processIterable(source, options as never))
      expect(error).toBeInstanceOf(type)
      expect((error as Error).message).toMatch(/^Cannot process items?: /)
      expect((error as Error).message).toMatch(message)
      await settle()
      expect([source.opened, source.pulled, batcher.queuedCount]).toEqual([0, 0, 0])
    },
  )

  it.each([undefined, {}, { signal: undefined }, { priority: undefined }, { priority: -1.5 }])(
    'may be %j',
    async (options) => {
      expect(await collect(new Batcher(same).processIterable([1, 2], options))).toEqual([1, 2])
    },
  )
})

describe('the signal of Batcher.processIterable()', () => {
  it('ends it before it begins: nothing is asked of the source', async () => {
    const source = numbers(3)
    const batcher = new Batcher(same)
    const results = batcher.processIterable(source, { signal: AbortSignal.abort('gone') })
    expect(await reasonOf(results.next())).toBe('gone')
    expect(await results.next()).toEqual({ done: true, value: undefined })
    expect([source.pulled, batcher.queuedCount]).toEqual([0, 0])
  })

  it('ends it when it aborts between the call and the first next()', async () => {
    const controller = new AbortController()
    const source = numbers(3)
    const results = new Batcher(same).processIterable(source, { signal: controller.signal })
    controller.abort('gone')
    expect(await reasonOf(results.next())).toBe('gone')
    expect([source.pulled, listeners(controller.signal)]).toEqual([0, 0])
  })

  it('ends the wait at once, takes back what is queued, and tells what is in flight', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2 })
    const source = numbers(100)
    const results = batcher.processIterable(source, { signal })
    const steps = [observe(results.next()), observe(results.next())]
    await settle()
    controller.abort('gone')
    expect(batcher.queuedCount).toBe(0)
    expect(batches.calls[0]?.context.signal.aborted).toBe(true)
    await settle()
    expect(steps[0]).toEqual({ status: 'rejected', reason: 'gone' })
    expect(steps[1]?.value).toEqual({ done: true, value: undefined })
    expect([source.closed, listeners(signal)]).toEqual([1, 0])
    batches.calls[0]?.resolve([0, 1])
    await settle()
    expect(batches.calls).toHaveLength(1)
  })

  it('ends the wait for a source that gives nothing', async () => {
    const controller = new AbortController()
    const pull = deferred<number>()
    const source = new Source(() => pull.promise)
    const batcher = new Batcher(same)
    const next = observe(batcher.processIterable(source, { signal: controller.signal }).next())
    await settle()
    controller.abort('gone')
    await settle()
    expect(next).toEqual({ status: 'rejected', reason: 'gone' })
    expect([source.pulled, source.closed, listeners(controller.signal)]).toEqual([1, 0, 0])
    pull.resolve(1)
    await settle()
    expect([source.pulled, source.closed, batcher.queuedCount]).toEqual([1, 1, 0])
  })

  it('ends it while nobody waits for a result: the next one rejects', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const controller = new AbortController()
      const { signal } = controller
      const batcher = new Batcher(same, { maxBatchSize: 2 })
      const source = numbers(100)
      const results = batcher.processIterable(source, { signal })
      expect(await take(results, 3)).toEqual(range(3))
      controller.abort('gone')
      await settle()
      const { pulled } = source
      expect(await reasonOf(collect(results))).toBe('gone')
      expect(await results.next()).toEqual({ done: true, value: undefined })
      expect([source.pulled, source.closed, listeners(signal)]).toEqual([pulled, 1, 0])
      expect([batcher.queuedCount, batcher.activeCount]).toEqual([0, 0])
    })
    expect(unhandled).toEqual([])
  })

  it('is heard by one listener however many items there are, and by none at the end', async () => {
    const { signal } = new AbortController()
    let most = 0
    const warnings = await eventsDuring('warning', async () => {
      const batcher = new Batcher(same, { maxBatchSize: 50 })
      const results = batcher.processIterable(numbers(500), { signal })
      for await (const _ of results) most = Math.max(most, listeners(signal))
    })
    expect(most).toBeLessThanOrEqual(2)
    expect(listeners(signal)).toBe(0)
    expect(warnings).toEqual([])
  })

  it.each(['item', 'source'])(
    'is not listened to any more after an error of the %s',
    async (where) => {
      const bad = new Error('bad')
      const { signal } = new AbortController()
      const source = new Source((index) => {
        if (index === 3 && where === 'source') throw bad
        return index
      })
      const batcher = new Batcher((items: number[]) =>
        items.map((item) => (item === 3 ? bad : item)),
      )
      expect(await reasonOf(collect(batcher.processIterable(source, { signal })))).toBe(bad)
      expect(listeners(signal)).toBe(0)
    },
  )
})

describe('the types of Batcher.processIterable()', () => {
  it('are those of the batch function, for any kind of source', async () => {
    const names = new Batcher((items: number[]) => items.map(String))
    const processor: Processor<number, string> = names
    expectTypeOf(names.processIterable([1])).toEqualTypeOf<AsyncIterableIterator<string>>()
    expectTypeOf(processor.processIterable(new Set([1]))).toEqualTypeOf<
      AsyncIterableIterator<string>
    >()
    expectTypeOf(names.processIterable)
      .parameter(0)
      .extract<AsyncIterable<number>>()
      .not.toBeNever()
    for await (const name of processor.processIterable(numbers(1))) {
      expectTypeOf(name).toEqualTypeOf<string>()
      expect(name).toBe('0')
    }
  })

  it('refuse other items, what is no source, and other options', () => {
    const names = new Batcher((items: number[]) => items.map(String))
    const misuses = [
      // @ts-expect-error the items are numbers
      () => names.processIterable(['1']),
      // @ts-expect-error a text is a source of texts
      () => names.processIterable('123'),
      // @ts-expect-error a number is no source
      () => names.processIterable(5),
      // @ts-expect-error there is no such option
      () => names.processIterable([1], { concurrency: 5 }),
      // @ts-expect-error a priority is a number
      () => names.processIterable([1], { priority: 'high' }),
    ]
    expect(misuses).toHaveLength(5)
  })
})
