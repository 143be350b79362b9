/* oxlint-disable unicorn/no-thenable -- what objects with a `then` do is what is tested */
import { getEventListeners } from 'node:events'
import { Batcher } from 'jitney'
import { manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, type Observed, reasonOf, statuses } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'

/** Options of `process` whose `signal` getter does something first. */
function optionsThat(action: () => void): { signal: undefined } {
  return {
    get signal() {
      action()
      return undefined
    },
  }
}

describe('a signal of another make that calls back while it is listened to', () => {
  function callingBack(act: () => void): AbortSignal {
    const signal = {
      aborted: false,
      addEventListener: act,
      removeEventListener: () => undefined,
      throwIfAborted: () => undefined,
    }
    return signal as unknown as AbortSignal
  }

  it('does not get past the bound', async () => {
    const batcher = new Batcher((items: number[]) => items, { maxQueueSize: 2 })
    batcher.pause()
    const inner: Promise<number>[] = []
    const signal = callingBack(() => inner.push(batcher.process(1), batcher.process(2)))
    await expect(batcher.process(3, { signal })).rejects.toMatchObject({
      code: 'JITNEY_QUEUE_FULL',
    })
    expect(batcher.queuedCount).toBe(2)
    batcher.resume()
    expect(await Promise.all(inner)).toEqual([1, 2])
  })

  it('does not get into a batcher that it aborted', async () => {
    const batcher = new Batcher((items: number[]) => items)
    const signal = callingBack(() => {
      batcher.abort()
    })
    await expect(batcher.process(1, { signal })).rejects.toMatchObject({
      code: 'JITNEY_BATCHER_CLOSED',
    })
    expect(batcher.queuedCount).toBe(0)
  })
})

describe('Batcher whose caller abuses the options of process()', () => {
  it.each<[string, (batcher: Batcher<number, number>) => void]>([
    [
      'abort()',
      (batcher) => {
        batcher.abort()
      },
    ],
    [
      'close()',
      (batcher) => {
        void batcher.close()
      },
    ],
  ])('refuses an item whose own options called %s', async (_, end) => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const options = optionsThat(() => {
      end(batcher)
    })
    const caller = observe(batcher.process(1, options))
    await settle()
    expect(caller.reason).toMatchObject({ name: 'BatcherClosedError' })
    expect(batches.calls).toHaveLength(0)
    expect(batcher).toMatchObject({ state: 'closed', queuedCount: 0 })
  })

  it('keeps the bound when the options hand over another item', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueSize: 1 })
    batcher.pause()
    const callers: Observed<number>[] = []
    const options = optionsThat(() => {
      callers.push(observe(batcher.process(2)))
    })
    callers.unshift(observe(batcher.process(1, options)))
    await settle()
    expect(callers[0]?.reason).toMatchObject({ name: 'QueueFullError' })
    expect(callers[1]?.status).toBe('pending')
    expect(batcher.queuedCount).toBe(1)
  })

  it('rejects with what a getter or a proxy throws, and queues nothing', async () => {
    const thrown = new Error('getter')
    const trap = (): never => {
      throw thrown
    }
    const batcher = new Batcher((items: number[]) => items)
    for (const options of [
      optionsThat(trap),
      new Proxy({}, { ownKeys: trap }),
      { signal: Object.assign(new AbortController().signal, { throwIfAborted: trap }) },
    ]) {
      expect(await reasonOf(batcher.process(1, options as never))).toBe(thrown)
    }
    expect(batcher.queuedCount).toBe(0)
  })

  it('does not send the item of a caller whose signal takes no listener', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const thrown = new Error('no listeners here')
    const signal = {
      aborted: false,
      addEventListener: () => {
        throw thrown
      },
      removeEventListener: () => undefined,
      throwIfAborted: () => undefined,
    }
    expect(await reasonOf(batcher.process(1, { signal: signal as never }))).toBe(thrown)
    expect(batcher.queuedCount).toBe(0)
    await settle()
    expect(batches.calls).toHaveLength(0)
  })
})

describe('Batcher whose methods are taken off', () => {
  it('rejects, and never throws', async () => {
    const { process, processAll, processAllSettled } = new Batcher((items: number[]) => items)
    for (const call of [process(1), processAll([1]), processAllSettled([1])]) {
      expect(await reasonOf(call)).toBeInstanceOf(TypeError)
    }
  })

  it('works when it is frozen', async () => {
    const batcher = new Batcher((items: number[]) => items.map((item) => item * 2))
    Object.freeze(batcher)
    expect(await batcher.processAll([1, 2])).toEqual([2, 4])
    batcher.maxBatchSize = 1
    expect(batcher.maxBatchSize).toBe(1)
    await batcher.close()
  })
})

describe('Batcher whose batch function abuses what it is given', () => {
  it('is not confused by changes to the items, then or later', async () => {
    const kept: number[][] = []
    const batcher = new Batcher((items: number[]) => {
      for (const earlier of kept) earlier.fill(-1)
      kept.push(items)
      const results = items.map((item) => item * 2)
      items.length = 0
      items.push(7, 8, 9, 10)
      return Object.freeze(results)
    })
    expect(await batcher.processAll([1, 2, 3])).toEqual([2, 4, 6])
    expect(await batcher.processAll([4, 5])).toEqual([8, 10])
    expect(new Set(kept).size).toBe(2)
  })

  it('may return the same array each time and change it afterwards', async () => {
    const pooled: number[] = []
    const batcher = new Batcher((items: number[]) => {
      pooled.length = 0
      pooled.push(...items.map((item) => item * 2))
      return pooled
    })
    const first = batcher.processAll([1, 2])
    expect(await first).toEqual([2, 4])
    expect(await batcher.processAll([3])).toEqual([6])
    expect(await first).toEqual([2, 4])
  })

  it.each<[string, (batcher: Batcher<number, unknown>) => void, string[]]>([
    [
      'abort()',
      (batcher) => {
        batcher.abort('then')
      },
      ['fulfilled', 'rejected', 'rejected'],
    ],
    [
      'close()',
      (batcher) => {
        void batcher.close()
      },
      ['fulfilled', 'fulfilled', 'fulfilled'],
    ],
    [
      'pause()',
      (batcher) => {
        batcher.pause()
      },
      ['fulfilled', 'fulfilled', 'pending'],
    ],
  ])('may call %s while its results are handed over', async (_, act, expected) => {
    let acted = false
    const batcher: Batcher<number, unknown> = new Batcher<number, unknown>(
      (items) =>
        items.map((item) =>
          item > 0
            ? item
            : {
                get then() {
                  if (!acted) {
                    acted = true
                    act(batcher)
                  }
                  return undefined
                },
              },
        ),
      { maxBatchSize: 2 },
    )
    const callers = range(3).map((item) => observe(batcher.process(item)))
    await settle()
    const got = statuses(callers)
    expect(acted).toBe(true)
    expect(got.slice(1)).toEqual(expected.slice(1))
    expect(got[0]).not.toBe('pending')
    expect(batcher.activeCount).toBe(0)
  })

  it('may hand over items while its results are handed over', async () => {
    let more: Promise<unknown> | undefined
    const batcher: Batcher<number, unknown> = new Batcher<number, unknown>(
      (items) =>
        items.map((item) =>
          item > 0
            ? item
            : {
                get then() {
                  more ??= batcher.processAll([5, 6])
                  return undefined
                },
              },
        ),
      { maxBatchSize: 2 },
    )
    const callers = range(2).map((item) => observe(batcher.process(item)))
    await settle()
    expect(statuses(callers)).toEqual(['fulfilled', 'fulfilled'])
    expect(await more).toEqual([5, 6])
  })

  it('may hand over an item in each call, 10,000 deep', async () => {
    const last = 10_000
    let end: (result: string) => void
    const reached = new Promise<string>((resolve) => {
      end = resolve
    })
    const batcher: Batcher<number, number> = new Batcher((items: number[]) => {
      const [item = 0] = items
      if (item < last) void batcher.process(item + 1)
      else end('the end')
      return items
    })
    void batcher.process(0)
    expect(await reached).toBe('the end')
    await batcher.close()
    expect(batcher.stats()).toMatchObject({ fulfilled: last + 1, batches: last + 1 })
  })
})

describe('Batcher under who listens to its signals', () => {
  it('lets a listener of the batch hand over items, flush, pause and change settings', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1, maxQueueTime: Infinity })
    const controller = new AbortController()
    const left = observe(batcher.process(0, { signal: controller.signal }))
    await settle()
    const inside: Observed<unknown>[] = []
    batches.calls[0]?.context.signal.addEventListener('abort', () => {
      batcher.maxBatchSize = 10
      batcher.concurrency = 2
      inside.push(
        observe(batcher.process(1)),
        observe(batcher.flush()),
        observe(batcher.process(2)),
      )
    })
    controller.abort('gone')
    await settle()
    expect(left.reason).toBe('gone')
    expect(batches.items).toEqual([[0], [1]])
    batches.calls[1]?.resolve([10])
    await settle()
    expect(statuses(inside)).toEqual(['fulfilled', 'fulfilled', 'pending'])
    expect(batcher).toMatchObject({ queuedCount: 1, activeCount: 1 })
  })

  it('lets aborts set off one another: each batch ends the next', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1, concurrency: Infinity })
    const controllers = range(100).map(() => new AbortController())
    const callers = controllers.map(({ signal }, item) =>
      observe(batcher.process(item, { signal })),
    )
    await settle()
    batches.calls.forEach((call, index) => {
      call.context.signal.addEventListener('abort', () => {
        controllers[index + 1]?.abort(index + 1)
      })
    })
    controllers[0]?.abort(0)
    await settle()
    expect(callers.map((caller) => caller.reason)).toEqual(range(100))
    expect(batcher.stats()).toMatchObject({ active: 100, abandoned: 100, aborted: 100 })
  })

  it('settles each caller once when its own abort calls abort()', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2 })
    const controller = new AbortController()
    const { signal } = controller
    signal.addEventListener('abort', () => {
      batcher.abort('first come')
    })
    const callers = range(3).map((item) => observe(batcher.process(item, { signal })))
    signal.addEventListener('abort', () => {
      batcher.abort('too late')
    })
    await settle()
    controller.abort('mine')
    await settle()
    expect(callers.map((caller) => (caller.reason as Error).cause)).toEqual(
      Array(3).fill('first come'),
    )
    expect(batcher.stats()).toMatchObject({ rejected: 3, aborted: 0, queued: 0 })
    expect(getEventListeners(signal, 'abort')).toHaveLength(2)
  })

  it('cuts a full batch from inside a caller’s abort without those who are leaving', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 3, maxQueueTime: Infinity })
    const controller = new AbortController()
    const { signal } = controller
    signal.addEventListener('abort', () => {
      void batcher.process(3)
    })
    const leaving = observe(batcher.process(1, { signal }))
    void batcher.process(2)
    await settle()
    controller.abort('gone')
    await settle()
    expect(leaving.reason).toBe('gone')
    expect(batches.items.flat()).not.toContain(1)
    void batcher.flush()
    await settle()
    expect(batches.items.flat()).toEqual([2, 3])
  })

  it('goes on when a listener of the batch throws', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const controller = new AbortController()
    const left = observe(batcher.process(0, { signal: controller.signal }))
    await settle()
    const waiting = observe(batcher.process(1))
    batches.calls[0]?.context.signal.addEventListener('abort', () => {
      throw new Error('listener')
    })
    const thrown = await eventsDuring('uncaughtException', () => {
      controller.abort('gone')
    })
    expect(thrown).toMatchObject([{ message: 'listener' }])
    expect(left.reason).toBe('gone')
    batches.calls[0]?.resolve([0])
    await settle()
    batches.calls[1]?.resolve([10])
    await settle()
    expect(waiting.value).toBe(10)
  })
})

describe('Batcher.processAll() of hostile iterables', () => {
  it('rejects with what Symbol.iterator or next() throws, and sends nothing', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const thrown = new Error('iterator')
    const trap = (): never => {
      throw thrown
    }
    let taken = 0
    for (const items of [
      { [Symbol.iterator]: trap },
      { [Symbol.iterator]: () => ({ next: trap }) },
      {
        [Symbol.iterator]: () => ({
          next: () => {
            taken += 1
            return taken < 5 ? { done: false, value: taken } : trap()
          },
        }),
      },
      Object.defineProperty({}, Symbol.iterator, { get: trap }),
    ]) {
      expect(await reasonOf(batcher.processAll(items as never))).toBe(thrown)
      expect(await reasonOf(batcher.processAllSettled(items as never))).toBe(thrown)
    }
    await settle()
    expect(batches.calls).toHaveLength(0)
  })

  it('serves the items that an iterable hands over on its own', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const own: Promise<number>[] = []
    function* items() {
      own.push(batcher.process(10))
      yield 1
      own.push(batcher.process(20))
      yield 2
    }
    const all = batcher.processAll(items())
    await settle()
    expect(batches.items).toEqual([[10, 20, 1, 2]])
    batches.calls[0]?.resolve([-10, -20, -1, -2])
    expect(await all).toEqual([-1, -2])
    expect(await Promise.all(own)).toEqual([-10, -20])
  })

  it('refuses what an iterable yields after it closed the batcher', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    function* items() {
      yield 1
      batcher.abort()
      yield 2
    }
    expect((await batcher.processAllSettled(items())).map((one) => one.status)).toEqual([
      'rejected',
      'rejected',
    ])
    expect(batches.calls).toHaveLength(0)
  })

  it('gives back holes as items', async () => {
    const batches = manualBatches<unknown, unknown>()
    const batcher = new Batcher(batches.batchFunction)
    const sparse: unknown[] = []
    sparse[2] = 'last'
    void batcher.processAll(sparse)
    await settle()
    expect(batches.items).toEqual([[undefined, undefined, 'last']])
  })
})
