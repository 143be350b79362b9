import { Batcher, type BatcherOptions } from 'jitney'
import { manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, type Observed, processEach, reasonOf } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'

type Of<Value> = (item: number) => Value

/** The options that ask something of each item. */
const asking: [string, (of: Of<unknown>) => BatcherOptions<number>][] = [
  ['weight.of', (of) => ({ weight: { of: of as Of<number>, max: 10 } })],
  ['weight[1].of', (of) => ({ weight: [one, { of: of as Of<number>, max: 10 }] })],
  ['batchKey', (of) => ({ batchKey: of })],
]
const one = { of: () => 1, max: 100 }

describe.each(asking)('%s that throws', (_, optionsWith) => {
  it('rejects the caller of that item alone, with what it threw', async () => {
    for (const thrown of [new Error('no idea'), 'text', undefined, null, 0, '', NaN]) {
      const batches = manualBatches<number, number>()
      const of = (item: number) => {
        if (item === 1) throw thrown as Error
        return 1
      }
      const batcher = new Batcher(batches.batchFunction, { ...optionsWith(of) })
      const callers = processEach(batcher, range(3))
      expect(batcher.queuedCount).toBe(2)
      await settle()
      expect(callers[1]).toEqual({ status: 'rejected', reason: thrown })
      expect(batches.items).toEqual([[0, 2]])
      batches.calls[0]?.resolve([0, 2])
      await settle()
      expect([callers[0]?.value, callers[2]?.value]).toEqual([0, 2])
    }
  })

  it('never throws in process(), and takes neither place nor listener', async () => {
    const thrown = new Error('no idea')
    const of = (item: number) => {
      if (item < 9) throw thrown
      return 1
    }
    const batcher = new Batcher((items: number[]) => items, {
      ...optionsWith(of),
      maxQueueSize: 1,
      captureStacks: true,
    })
    batcher.pause()
    const { signal } = new AbortController()
    let listeners = 0
    signal.addEventListener = () => {
      listeners += 1
    }
    for (const item of range(3)) {
      expect(await reasonOf(batcher.process(item, { signal }))).toBe(thrown)
    }
    expect(listeners).toBe(0)
    const last = observe(batcher.process(9))
    expect(batcher.queuedCount).toBe(1)
    await batcher.close()
    expect(last.value).toBe(9)
  })

  it('fails one item of processAllSettled, and processAll without a stray rejection', async () => {
    const thrown = new Error('no idea')
    const of = (item: number) => {
      if (item % 2 === 1) throw thrown
      return 1
    }
    const batcher = new Batcher((items: number[]) => items, optionsWith(of))
    expect(await batcher.processAllSettled(range(3))).toEqual([
      { status: 'fulfilled', value: 0 },
      { status: 'rejected', reason: thrown },
      { status: 'fulfilled', value: 2 },
    ])
    const strays = await eventsDuring('unhandledRejection', async () => {
      expect(await reasonOf(batcher.processAll(range(6)))).toBe(thrown)
      await batcher.onIdle()
    })
    expect(strays).toEqual([])
    expect(batcher.queuedCount).toBe(0)
  })
})

describe.each(asking)('%s that uses its own batcher', (_, optionsWith) => {
  /** A batcher that does something when it is asked about item 1. */
  function doing(
    act: (batcher: Batcher<number, number>) => void,
    options?: BatcherOptions<number>,
  ) {
    const batches = manualBatches<number, number>()
    const batcher: Batcher<number, number> = new Batcher(batches.batchFunction, {
      ...options,
      ...optionsWith((item) => {
        if (item === 1) act(batcher)
        return 1
      }),
    })
    return { batches, batcher }
  }

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
  ])('has the item refused if it called %s', async (__, end) => {
    const { batches, batcher } = doing(end)
    const caller = observe(batcher.process(1))
    await settle()
    expect(caller.reason).toMatchObject({ name: 'BatcherClosedError', started: false })
    expect(batches.calls).toHaveLength(0)
    expect(batcher.stats()).toMatchObject({ state: 'closed', queued: 0, refused: 1 })
  })

  it('has its other items queued first, and keeps the order of both', async () => {
    const inner: Observed<number>[] = []
    const { batches, batcher } = doing((own) => {
      inner.push(...processEach(own, [2, 3]))
    })
    const callers = processEach(batcher, [0, 1, 4])
    await settle()
    expect(batches.items).toEqual([[0, 2, 3, 1, 4]])
    batches.calls[0]?.resolve(batches.calls[0].items)
    await settle()
    expect([...callers, ...inner].map(({ value }) => value)).toEqual([0, 1, 4, 2, 3])
  })

  it('does not get past the bound', async () => {
    const inner: Observed<number>[] = []
    const { batcher } = doing(
      (own) => {
        inner.push(observe(own.process(2)))
      },
      { maxQueueSize: 1 },
    )
    batcher.pause()
    const caller = observe(batcher.process(1))
    await settle()
    expect(caller.reason).toMatchObject({ name: 'QueueFullError' })
    expect(inner[0]?.status).toBe('pending')
    expect(batcher.queuedCount).toBe(1)
  })

  it('does not flush the item that it is asked about', async () => {
    const { batches, batcher } = doing(
      (own) => {
        void own.flush()
      },
      { maxQueueTime: Infinity, concurrency: Infinity },
    )
    processEach(batcher, [0, 1])
    await settle()
    expect(batches.items).toEqual([[0]])
    expect(batcher.queuedCount).toBe(1)
  })

  it('may abort the caller of that very item, who is never served', async () => {
    const controller = new AbortController()
    const { batches, batcher } = doing(() => {
      controller.abort('changed my mind')
    })
    const caller = observe(batcher.process(1, { signal: controller.signal }))
    const mate = observe(batcher.process(0))
    await settle()
    expect(caller).toEqual({ status: 'rejected', reason: 'changed my mind' })
    expect(batches.items).toEqual([[0]])
    batches.calls[0]?.resolve([0])
    await settle()
    expect(mate.value).toBe(0)
  })

  it('may abort a caller in the queue, whose place the item can take', async () => {
    const controller = new AbortController()
    const { batches, batcher } = doing(
      () => {
        controller.abort('gone')
      },
      { maxQueueSize: 1 },
    )
    batcher.pause()
    const gone = observe(batcher.process(0, { signal: controller.signal }))
    observe(batcher.process(1))
    batcher.resume()
    await settle()
    expect(gone.reason).toBe('gone')
    expect(batches.items).toEqual([[1]])
  })

  it('may pause, resume and change settings', async () => {
    const { batches, batcher } = doing(
      (own) => {
        own.maxBatchSize = 2
        own.pause()
        own.resume()
      },
      { maxQueueTime: Infinity, concurrency: Infinity },
    )
    processEach(batcher, [0, 1, 2])
    await settle()
    expect(batches.items).toEqual([[0, 1]])
  })
})

describe('a getter of the options of process() that uses its own batcher', () => {
  it('leaves the item its priority, and the bound as it is', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueSize: 2 })
    batcher.pause()
    processEach(batcher, [0])
    const refused = observe(
      batcher.process(1, {
        get priority() {
          observe(batcher.process(2, { priority: 1 }))
          return 2
        },
      }),
    )
    await settle()
    expect(refused.reason).toMatchObject({ name: 'QueueFullError' })
    batcher.resume()
    await settle()
    expect(batches.items).toEqual([[2, 0]])
  })
})
