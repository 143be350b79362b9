import { getEventListeners } from 'node:events'

import { asCompleted, map, mapIterable, mapSettled, Semaphore } from 'jitney'
import { deferred, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { range } from '../support/departures.ts'
import { observe, reasonOf } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'
import { collect, end, Source } from '../support/source.ts'
import { manualCalls } from './manual-calls.ts'

/** Every form, run to its end. */
const all = {
  map: (...parameters: Parameters<typeof map<number, number>>): Promise<unknown> =>
    map(...parameters),
  mapSettled: (...parameters: Parameters<typeof map<number, number>>): Promise<unknown> =>
    mapSettled(...parameters),
  mapIterable: (...parameters: Parameters<typeof map<number, number>>): Promise<unknown> =>
    collect(mapIterable(...parameters)),
  asCompleted: (...parameters: Parameters<typeof map<number, number>>): Promise<unknown> =>
    collect(asCompleted(...parameters)),
}
const failFast = Object.entries(all).filter(([name]) => name !== 'mapSettled')
const iterators: Record<string, typeof mapIterable> = { mapIterable, asCompleted }

const never = new Promise<never>(() => {})

/** A signal and what aborts it. */
function controller(): { signal: AbortSignal; abort: (reason: unknown) => void } {
  const own = new AbortController()
  return {
    signal: own.signal,
    abort(reason) {
      own.abort(reason)
    },
  }
}

function listeners(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length
}

/** A synchronous source, and what was asked of it. */
function counting(length: number): Iterable<number> & { pulled: number; closed: number } {
  const source = {
    pulled: 0,
    closed: 0,
    [Symbol.iterator]: () => ({
      next: () => {
        source.pulled += 1
        return source.pulled <= length
          ? { done: false as const, value: source.pulled - 1 }
          : { done: true as const, value: undefined }
      },
      return: () => {
        source.closed += 1
        return { done: true as const, value: undefined }
      },
    }),
  }
  return source
}

describe.each(failFast)('an error of an item in %s', (_name, run) => {
  it('aborts the others, closes the source once, and is told when they have ended', async () => {
    const source = counting(100)
    const calls = manualCalls<number, number>()
    const results = observe(run(source, calls.fn, { concurrency: 3 }))
    await settle()
    const failure = new Error('one')
    calls.all[1]?.reject(failure)
    await settle()
    expect(calls.all.map(({ context }) => context.signal.aborted)).toEqual([true, true, true])
    expect(calls.all[0]?.context.signal.reason).toMatchObject({ name: 'AbortError' })
    expect([source.pulled, source.closed, results.status]).toEqual([3, 1, 'pending'])
    calls.all[0]?.resolve(0)
    await settle()
    expect(results.status).toBe('pending')
    calls.all[2]?.resolve(2)
    await settle()
    expect(results.reason).toBe(failure)
    expect([source.pulled, source.closed, calls.all.length]).toEqual([3, 1, 3])
  })

  it('comes with the others as one AggregateError in input order', async () => {
    const calls = manualCalls<number, number>()
    const reason = reasonOf(run(range(4), calls.fn))
    await settle()
    const errors = range(4).map((index) => new Error(`item ${index}`))
    for (const index of [2, 0, 3]) calls.all[index]?.reject(errors[index])
    calls.all[1]?.resolve(1)
    expect(await reason).toMatchObject({
      name: 'AggregateError',
      message: 'items failed',
      errors: [errors[0], errors[2], errors[3]],
    })
  })

  it('comes without aborts that only followed, with those that did not', async () => {
    const own = new DOMException('own', 'AbortError')
    const calls = manualCalls<number, number>()
    const results = observe(run(range(5), calls.fn))
    await settle()
    calls.all[0]?.reject(own)
    await settle()
    calls.all[1]?.reject(calls.all[1].context.signal.reason)
    calls.all[2]?.reject(new DOMException('heard', 'AbortError'))
    calls.all[3]?.reject(Object.assign(new Error('library'), { name: 'AbortError' }))
    calls.all[4]?.reject(new DOMException('clean-up', 'TimeoutError'))
    await settle()
    expect((results.reason as AggregateError).errors).toEqual([
      own,
      expect.objectContaining({ message: 'clean-up' }),
    ])
  })

  it('wins over an abort that comes later', async () => {
    const { signal, abort } = controller()
    const calls = manualCalls<number, number>()
    const results = observe(run(range(3), calls.fn, { signal }))
    await settle()
    const failure = new Error('item')
    calls.all[0]?.reject(failure)
    await settle()
    abort('later')
    expect(listeners(signal)).toBe(0)
    calls.all[1]?.reject('later')
    calls.all[2]?.resolve(2)
    await settle()
    expect(results.reason).toBe(failure)
  })

  it('may be no error at all', async () => {
    for (const value of [undefined, null, 0, 'text']) {
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- that is the test
      expect(await reasonOf(run([1], () => Promise.reject(value)))).toBe(value)
    }
  })

  it('is the rejection of an item that is a promise, and the function is not called', async () => {
    const failure = new Error('item')
    const calls = manualCalls<number, number>()
    expect(await reasonOf(run([Promise.reject(failure)], calls.fn))).toBe(failure)
    expect(calls.all).toEqual([])
  })

  it('is told of a source that cannot be closed', async () => {
    const failure = new Error('item')
    const source = { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }) }
    expect(await reasonOf(run(source, () => Promise.reject(failure), { concurrency: 1 }))).toBe(
      failure,
    )
  })

  it('yields to an error of the source that is closed for it', async () => {
    const failure = new Error('closing')
    const source = new Source(
      (index) => index,
      () => Promise.reject(failure),
    )
    const run1 = run(source, () => Promise.reject(new Error('item')), { concurrency: 1 })
    expect(await reasonOf(run1)).toBe(failure)
    expect(source.closed).toBe(1)
  })
})

describe.each(Object.entries(all))('%s, when it stops', (name, run) => {
  it('rejects with the reason of an abort, when what is in flight has ended', async () => {
    const { signal, abort } = controller()
    const source = counting(10)
    const calls = manualCalls<number, number>()
    const results = observe(run(source, calls.fn, { concurrency: 2, signal }))
    await settle()
    abort('enough')
    expect(calls.all.map(({ context }) => context.signal.reason)).toEqual(['enough', 'enough'])
    await settle()
    expect([results.status, source.closed, listeners(signal)]).toEqual(['pending', 1, 0])
    calls.all[0]?.resolve(1)
    calls.all[1]?.reject(new Error('clean-up'))
    await settle()
    expect(results.reason).toBe('enough')
    expect([source.pulled, source.closed, calls.all.length]).toEqual([2, 1, 2])
  })

  it('calls nothing and opens nothing with a signal that has aborted', async () => {
    const calls = manualCalls<number, number>()
    const source = new Source((index) => index)
    const reason = new Error('before')
    const signal = AbortSignal.abort(reason)
    expect(await reasonOf(run(source, calls.fn, { signal }))).toBe(reason)
    expect([source.opened, source.pulled, source.closed, calls.all.length]).toEqual([0, 0, 0, 0])
  })

  it('calls nothing for an item that comes after that', async () => {
    const { signal, abort } = controller()
    const item = deferred<number>()
    const calls = manualCalls<number, number>()
    const result = observe(run([item.promise], calls.fn, { signal }))
    await settle()
    abort('enough')
    item.resolve(1)
    await settle()
    expect(result.reason).toBe('enough')
    expect(calls.all).toEqual([])
  })

  it('is not held up by an item that never settles', async () => {
    const { signal, abort } = controller()
    const calls = manualCalls<number, number>()
    const results = observe(run([never, never], calls.fn, { signal }))
    await settle()
    abort('enough')
    await settle()
    expect([results.reason, calls.all.length]).toEqual(['enough', 0])
  })

  it('is not held up by a next() that never answers, and closes the source all the same', async () => {
    const { signal, abort } = controller()
    const source = new Source(() => never)
    const results = observe(run(source, async (item) => item, { signal }))
    await settle()
    abort('enough')
    await settle()
    expect([results.reason, source.pulled, source.closed]).toEqual(['enough', 1, 1])
  })

  it('is not held up by a line for a semaphore, and leaves it', async () => {
    const semaphore = new Semaphore(1)
    const permit = await semaphore.acquire()
    const { signal, abort } = controller()
    const calls = manualCalls<number, number>()
    const results = observe(run([1, 2], calls.fn, { concurrency: semaphore, signal }))
    await settle()
    expect(semaphore.queued).toBe(1)
    abort('enough')
    await settle()
    expect([results.reason, semaphore.queued, calls.all.length]).toEqual(['enough', 0, 0])
    permit.release()
    expect(semaphore.active).toBe(0)
  })

  it('waits for the return() of the source', async () => {
    const { signal, abort } = controller()
    const closing = deferred()
    const source = new Source(
      (index) => (index < 1 ? index : end()),
      () => closing.promise,
    )
    const calls = manualCalls<number, number>()
    const results = observe(run(source, calls.fn, { concurrency: 1, signal }))
    await settle()
    abort('enough')
    calls.all[0]?.resolve(0)
    await settle()
    expect([results.status, source.closed]).toEqual(['pending', 1])
    closing.resolve()
    await settle()
    expect(results.reason).toBe('enough')
  })

  it('tells the error of the source, when what is in flight has ended', async () => {
    const failure = new Error('source')
    const source = new Source<number>((index) => {
      if (index === 2) throw failure
      return index
    })
    const calls = manualCalls<number, number>()
    const results = observe(run(source, calls.fn))
    await settle()
    expect(calls.all.map(({ context }) => context.signal.aborted)).toEqual([true, true])
    expect(results.status).toBe('pending')
    calls.all[0]?.reject(new Error('item'))
    calls.all[1]?.resolve(1)
    await settle()
    expect(results.reason).toBe(failure)
    // It threw: it is not to be closed as well.
    expect([source.pulled, source.closed]).toEqual([3, 0])
  })

  it.each<[string, () => unknown]>([
    [
      'cannot be opened',
      () => {
        throw new Error('source')
      },
    ],
    ['gives no iterator', () => undefined],
    [
      'throws',
      () => ({
        next: () => {
          throw new Error('source')
        },
      }),
    ],
    ['gives no step', () => ({ next: () => undefined })],
    [
      'has a step that throws',
      () => ({
        next: () => ({
          get done() {
            throw new Error('source')
          },
        }),
      }),
    ],
  ])('rejects when a source %s', async (_case, open) => {
    const { signal } = controller()
    for (const symbol of [Symbol.iterator, Symbol.asyncIterator]) {
      const source = { [symbol]: open } as unknown as Iterable<number>
      const reason = await reasonOf(run(source, async (item) => item, { signal }))
      expect(reason).toBeInstanceOf(Error)
    }
    expect(listeners(signal)).toBe(0)
  })

  it('closes a source that aborts within next() after that', async () => {
    const { signal, abort } = controller()
    let closed = 0
    function* aborting(): Generator<number> {
      try {
        abort('within')
        yield 1
      } finally {
        closed += 1
      }
    }
    const calls = manualCalls<number, number>()
    expect(await reasonOf(run(aborting(), calls.fn, { signal }))).toBe('within')
    expect([closed, calls.all.length]).toEqual([1, 0])
  })

  it.each([true, false])(
    'closes a source that aborts while it is opened: async %s',
    async (isAsync) => {
      const { signal, abort } = controller()
      const source = isAsync ? new Source((index) => index) : counting(1)
      const opening = {
        [isAsync ? Symbol.asyncIterator : Symbol.iterator]() {
          abort('within')
          return 'next' in source ? source : source[Symbol.iterator]()
        },
      } as unknown as Iterable<number>
      expect(await reasonOf(run(opening, async (item) => item, { signal }))).toBe('within')
      expect([source.pulled, source.closed]).toEqual([0, 1])
    },
  )

  it('closes a source that aborts within a next() that never answers', async () => {
    const { signal, abort } = controller()
    const source = new Source(() => {
      abort('within')
      return never
    })
    expect(await reasonOf(run(source, async (item) => item, { signal }))).toBe('within')
    expect([source.pulled, source.closed]).toEqual([1, 1])
  })

  it('calls nothing any more when the function aborts', async () => {
    const { signal, abort } = controller()
    const source = counting(5)
    let called = 0
    const reason = await reasonOf(
      run(
        source,
        (item) => {
          called += 1
          abort('within')
          return item
        },
        { signal },
      ),
    )
    expect([reason, called, source.closed]).toEqual(['within', 1, 1])
  })

  it('reports nothing as unhandled, whatever fails afterwards', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const { signal, abort } = controller()
      const item = deferred<number>()
      const answer = deferred<number | Promise<number>>()
      const source: AsyncIterable<number | Promise<number>> = {
        [Symbol.asyncIterator]() {
          let pulled = 0
          return {
            next: async () => {
              pulled += 1
              return {
                done: false,
                value: pulled === 1 ? item.promise : await answer.promise,
              }
            },
            return: () => Promise.reject(new Error('closing')),
          }
        },
      }
      const results = observe(
        run(source as AsyncIterable<number>, async (value) => value, { signal }),
      )
      await settle()
      abort('enough')
      await settle()
      expect(results.reason).toBe('enough')
      item.reject(new Error('item'))
      answer.reject(new Error('source'))
      await settle()
    })
    expect(unhandled).toEqual([])
  })

  it('leaves a result as it is when the abort comes after it', async () => {
    const { signal, abort } = controller()
    const results = await run([1], async (item) => item, { signal })
    abort('late')
    expect(results).toEqual(name === 'mapSettled' ? [{ status: 'fulfilled', value: 1 }] : [1])
    expect(listeners(signal)).toBe(0)
  })

  it('hears an abort before another listener of the signal asks for anything', async () => {
    const { signal, abort } = controller()
    const first = deferred<number>()
    signal.addEventListener('abort', () => {
      first.reject(new Error('heard'))
    })
    const results = observe(run([1], () => first.promise, { signal }))
    await settle()
    abort('first')
    await settle()
    expect(results.reason).toBe('first')
  })
})

describe.each(Object.entries(iterators))('%s, when the loop is left', (_name, iterate) => {
  it.each(['break', 'throw'] as const)('by %s, ends when everything has', async (how) => {
    const source = counting(100)
    const calls = manualCalls<number, number>()
    const failure = new Error('body')
    const loop = observe(
      (async () => {
        for await (const _ of iterate(source, calls.fn, { concurrency: 3 })) {
          if (how === 'throw') throw failure
          break
        }
      })(),
    )
    await settle()
    calls.all[0]?.resolve(0)
    await settle()
    expect(calls.running.map(({ context }) => context.signal.aborted)).toEqual([true, true, true])
    expect([loop.status, source.closed]).toEqual(['pending', 1])
    const { pulled } = source
    calls.running[0]?.resolve(1)
    calls.running[0]?.reject(new Error('clean-up'))
    calls.running[0]?.resolve(2)
    await settle()
    expect([loop.status, loop.reason]).toEqual(
      how === 'throw' ? ['rejected', failure] : ['fulfilled', undefined],
    )
    expect([source.pulled, source.closed]).toEqual([pulled, 1])
  })

  it('drops an error of the return() of the source', async () => {
    const source = new Source(
      (index) => index,
      () => Promise.reject(new Error('closing')),
    )
    for await (const value of iterate(source, (item) => item, { concurrency: 1 })) {
      expect(value).toBe(0)
      break
    }
    expect(source.closed).toBe(1)
  })

  it('leaves no listener, and answers done from there on', async () => {
    const { signal } = controller()
    const iterator = iterate(range(5), (item) => item, { signal, concurrency: 2 })
    await iterator.next()
    expect(listeners(signal)).toBe(1)
    await iterator.return?.()
    expect(listeners(signal)).toBe(0)
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined })
    expect(listeners(signal)).toBe(0)
  })

  it('opens nothing if it was left before it began', async () => {
    const { signal } = controller()
    const source = new Source((index) => index)
    const iterator = iterate(source, (item) => item, { signal })
    await iterator.return?.()
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect([source.opened, source.closed, listeners(signal)]).toEqual([0, 0, 0])
  })

  it('answers calls of next() that wait with done, when everything has ended', async () => {
    const calls = manualCalls<number, number>()
    const iterator = iterate([1, 2], calls.fn)
    const waiting = [observe(iterator.next()), observe(iterator.next())]
    const left = observe(iterator.return!())
    await settle()
    expect([...waiting, left].map(({ status }) => status)).toEqual(Array(3).fill('pending'))
    for (const call of calls.running) call.resolve(1)
    await settle()
    expect([...waiting, left].map(({ value }) => value?.done)).toEqual([true, true, true])
  })

  it('gives what came before a function that throws at once', async () => {
    const failure = new Error('two')
    const iterator = iterate([1, 2, 3], (item) => {
      if (item === 2) throw failure
      return item
    })
    expect(await iterator.next()).toEqual({ done: false, value: 1 })
    expect(await reasonOf(iterator.next())).toBe(failure)
  })

  it('drops an error that nobody asked for', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const iterator = iterate([1, 2], (item) => {
        if (item === 2) throw new Error('two')
        return item
      })
      await iterator.next()
      expect(await iterator.return?.()).toEqual({ done: true, value: undefined })
    })
    expect(unhandled).toEqual([])
  })
})
