import { getEventListeners } from 'node:events'
import { Batcher } from 'jitney'
import { manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

describe('Batcher and a signal that many callers share', () => {
  it('listens once, warns of nothing, and leaves no listener after results', async () => {
    const { signal } = new AbortController()
    let fulfilled = 0
    const warnings = await eventsDuring('warning', async () => {
      const batches = manualBatches<number, number>()
      const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 20_000, concurrency: 2 })
      for (const item of range(50_000)) {
        void batcher.process(item, { signal }).then(() => {
          fulfilled += 1
        })
      }
      expect(listeners(signal)).toBe(1)
      await settle()
      expect(listeners(signal)).toBe(1)
      batches.calls[0]?.resolve(range(20_000))
      batches.calls[1]?.resolve(range(20_000))
      await settle()
      expect(listeners(signal)).toBe(1)
      batches.calls[2]?.resolve(range(10_000))
      await settle()
    })
    expect(fulfilled).toBe(50_000)
    expect(listeners(signal)).toBe(0)
    expect(warnings).toEqual([])
  })

  it('rejects all of them, queued and in flight, when it aborts', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 10_000 })
    let aborted = 0
    for (const item of range(50_000)) {
      batcher.process(item, { signal }).catch((reason: unknown) => {
        if (reason === 'all') aborted += 1
      })
    }
    const other = observe(batcher.process(50_000))
    await settle()
    controller.abort('all')
    expect(batcher.queuedCount).toBe(1)
    expect(listeners(signal)).toBe(0)
    await settle()
    expect(aborted).toBe(50_000)
    expect(batches.calls[0]?.context.signal.aborted).toBe(true)
    batches.calls[0]?.reject(new Error('aborted'))
    await settle()
    expect(batches.items[1]).toEqual([50_000])
    expect(other.status).toBe('pending')
  })

  it.each<[string, (batcher: Batcher<number, number>) => unknown]>([
    ['a batch that failed', () => undefined],
    [
      'abort()',
      (batcher) => {
        batcher.abort()
      },
    ],
  ])('leaves no listener after %s', async (_, end) => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2, concurrency: 2 })
    const signals = range(3).map(() => new AbortController().signal)
    const callers = [0, 0, 1, 2, 1].map((index, item) =>
      observe(batcher.process(item, { signal: signals[index] })),
    )
    await settle()
    expect(signals.map(listeners)).toEqual([1, 1, 1])
    end(batcher)
    for (const index of [0, 1, 2]) {
      batches.calls[index]?.reject(new Error('down'))
      await settle()
    }
    expect(callers.map((caller) => caller.status)).toEqual(Array(5).fill('rejected'))
    expect(signals.map(listeners)).toEqual([0, 0, 0])
  })

  it('leaves no listener after a refused call or a wrong option', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueSize: 1 })
    const { signal } = new AbortController()
    batcher.pause()
    void batcher.process(0)
    const callers = [
      observe(batcher.process(1, { signal })),
      observe(batcher.process(2, { signal, bogus: true } as never)),
    ]
    await settle()
    expect(callers.map((caller) => caller.status)).toEqual(['rejected', 'rejected'])
    expect(listeners(signal)).toBe(0)
  })

  it('listens again after the signal was let go', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const controller = new AbortController()
    const { signal } = controller
    const first = batcher.process(1, { signal })
    await settle()
    batches.calls[0]?.resolve([1])
    await first
    expect(listeners(signal)).toBe(0)
    const second = observe(batcher.process(2, { signal }))
    expect(listeners(signal)).toBe(1)
    controller.abort('second')
    await settle()
    expect(second.reason).toBe('second')
  })

  it('forgets exactly those who were settled, in any order', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1, concurrency: 5 })
    const controller = new AbortController()
    const { signal } = controller
    const callers = range(5).map((item) => observe(batcher.process(item, { signal })))
    await settle()
    for (const index of [0, 4, 2]) {
      batches.calls[index]?.resolve([index * 10])
      await settle()
    }
    expect(listeners(signal)).toBe(1)
    controller.abort('rest')
    await settle()
    expect(callers.map((caller) => caller.value ?? caller.reason)).toEqual([
      0,
      'rest',
      20,
      'rest',
      40,
    ])
    expect(batches.calls.map((call) => call.context.signal.aborted)).toEqual([
      false,
      true,
      false,
      true,
      false,
    ])
  })

  it('serves two batchers without mixing them up', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const batches = manualBatches<number, number>()
    const first = new Batcher(batches.batchFunction)
    const second = new Batcher(batches.batchFunction)
    const callers = [observe(first.process(1, { signal })), observe(second.process(2, { signal }))]
    await settle()
    expect(listeners(signal)).toBe(2)
    batches.calls[0]?.resolve([10])
    await settle()
    expect(listeners(signal)).toBe(1)
    controller.abort('second')
    await settle()
    expect(callers.map((caller) => caller.value ?? caller.reason)).toEqual([10, 'second'])
  })
})
