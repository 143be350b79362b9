import { getEventListeners } from 'node:events'
import { Batcher } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, reasonOf } from '../support/observe.ts'

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

describe('Batcher.process() whose caller aborts in the queue', () => {
  it('rejects at once with the reason, and the batch function never sees the item', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2 })
    const controller = new AbortController()
    const callers = range(6).map((item) =>
      observe(batcher.process(item, item === 4 ? { signal: controller.signal } : {})),
    )
    await settle()
    expect(batches.items).toEqual([[0, 1]])
    const reason = { why: 'not needed' }
    controller.abort(reason)
    expect(batcher.queuedCount).toBe(3)
    await settle()
    expect(callers[4]?.status).toBe('rejected')
    expect(callers[4]?.reason).toBe(reason)

    void batcher.process(6)
    batches.calls[0]?.resolve([0, 1])
    await settle()
    batches.calls[1]?.resolve([2, 3])
    await settle()
    expect(batches.items).toEqual([
      [0, 1],
      [2, 3],
      [5, 6],
    ])
    expect(batcher.stats()).toMatchObject({ fulfilled: 4, rejected: 0, aborted: 1 })
  })

  it('frees its place for the next call', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueSize: 2 })
    void batcher.process(0)
    await settle()
    const controller = new AbortController()
    const aborted = observe(batcher.process(1, { signal: controller.signal }))
    void batcher.process(2)
    const refused = observe(batcher.process(3))
    controller.abort()
    void batcher.process(4)
    batches.calls[0]?.resolve([0])
    await settle()
    expect([aborted.status, refused.status]).toEqual(['rejected', 'rejected'])
    expect(batches.items[1]).toEqual([2, 4])
  })

  it('calls the batch function for nobody when all of them aborted', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueTime: 10, clock })
    const controller = new AbortController()
    const callers = range(3).map((item) =>
      observe(batcher.process(item, { signal: controller.signal })),
    )
    await settle()
    controller.abort()
    await clock.advance(100)
    expect(callers.map((caller) => caller.status)).toEqual(Array(3).fill('rejected'))
    expect(batches.calls).toHaveLength(0)
    expect(batcher).toMatchObject({ queuedCount: 0, activeCount: 0 })
  })

  it('keeps the order of those who stay, whoever of them leaves', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: Infinity })
    batcher.pause()
    const controllers = range(1000).map(() => new AbortController())
    const callers = controllers.map(({ signal }, item) =>
      observe(batcher.process(item, { signal })),
    )
    const leaves = (item: number) => item % 7 !== 3 && item !== 999
    for (const item of range(1000).filter(leaves)) controllers[item]?.abort()
    expect(batcher.queuedCount).toBe(range(1000).filter((item) => !leaves(item)).length)
    void batcher.process(1000)
    batcher.resume()
    await settle()
    expect(batches.items).toEqual([[...range(1000).filter((item) => !leaves(item)), 1000]])
    callers.forEach((caller, item) => {
      expect(caller.status).toBe(leaves(item) ? 'rejected' : 'pending')
    })
  })
})

describe('Batcher.process() whose caller aborts in flight', () => {
  it('rejects only the caller that aborted', async () => {
    const batches = manualBatches<number, string>()
    const batcher = new Batcher(batches.batchFunction)
    const controllers = range(5).map(() => new AbortController())
    const callers = controllers.map(({ signal }, item) =>
      observe(batcher.process(item, { signal })),
    )
    await settle()
    controllers[1]?.abort('gone')
    await settle()
    expect(callers.map((caller) => caller.status)).toEqual([
      'pending',
      'rejected',
      'pending',
      'pending',
      'pending',
    ])
    expect(callers[1]?.reason).toBe('gone')
    expect(batcher.activeCount).toBe(1)
    batches.calls[0]?.resolve(['a', 'b', 'c', 'd', 'e'])
    await settle()
    expect(callers.map((caller) => caller.value)).toEqual(['a', undefined, 'c', 'd', 'e'])
    expect(batcher.activeCount).toBe(0)
  })

  it('leaves the failure of the batch to the others', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const controller = new AbortController()
    const aborted = observe(batcher.process(0, { signal: controller.signal }))
    const stayed = observe(batcher.process(1))
    await settle()
    controller.abort('gone')
    const down = new Error('down')
    batches.calls[0]?.reject(down)
    await settle()
    expect(aborted.reason).toBe('gone')
    expect(stayed.reason).toMatchObject({ name: 'BatchError', cause: down })
    expect(batcher.stats()).toMatchObject({ aborted: 1, rejected: 1, active: 0 })
  })

  it('aborts the signal of the batch when every caller is gone', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const controllers = range(3).map(() => new AbortController())
    for (const [item, { signal }] of controllers.entries()) {
      observe(batcher.process(item, { signal }))
    }
    await settle()
    const signal = batches.calls[0]?.context.signal
    controllers[2]?.abort()
    controllers[0]?.abort()
    expect(signal?.aborted).toBe(false)
    controllers[1]?.abort()
    expect(signal?.aborted).toBe(true)
    expect(signal?.reason).toBeInstanceOf(DOMException)
    expect(signal?.reason).toMatchObject({ name: 'AbortError' })
  })

  it('does not abort it while one caller has no signal or has not aborted', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const controller = new AbortController()
    for (const item of range(50)) observe(batcher.process(item, { signal: controller.signal }))
    const last = observe(batcher.process(50))
    await settle()
    controller.abort()
    expect(batches.calls[0]?.context.signal.aborted).toBe(false)
    batches.calls[0]?.resolve(range(51))
    await settle()
    expect(last).toEqual({ status: 'fulfilled', value: 50 })
    expect(batches.calls[0]?.context.signal.aborted).toBe(false)
  })

  it('does not abort it once the batch has ended', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const controller = new AbortController()
    const result = batcher.process(1, { signal: controller.signal })
    await settle()
    batches.calls[0]?.resolve([10])
    expect(await result).toBe(10)
    controller.abort()
    batcher.abort()
    await settle()
    expect(batches.calls[0]?.context.signal.aborted).toBe(false)
    expect(await result).toBe(10)
  })

  it('shows an aborted signal also to whoever asks for it only afterwards', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const caller = observe(batcher.process(1))
    await settle()
    batcher.abort('over')
    const signal = batches.calls[0]?.context.signal
    expect(signal?.aborted).toBe(true)
    expect(signal?.reason).toBe('over')
    expect(batches.calls[0]?.context.signal).toBe(signal)
    await settle()
    expect(caller.status).toBe('rejected')
  })

  it('holds the slot until the function ended, though nobody waits', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const controller = new AbortController()
    const aborted = observe(batcher.process(1, { signal: controller.signal }))
    await settle()
    const next = observe(batcher.process(2))
    controller.abort()
    await settle()
    expect(aborted.status).toBe('rejected')
    expect(batches.calls).toHaveLength(1)
    expect(batcher.stats()).toMatchObject({ active: 1, abandoned: 1, queued: 1 })
    batches.calls[0]?.reject(new Error('aborted'))
    await settle()
    expect(batcher.stats()).toMatchObject({ active: 1, abandoned: 0, queued: 0 })
    batches.calls[1]?.resolve([20])
    await settle()
    expect(next.value).toBe(20)
  })

  it('keeps a result that came before the abort', async () => {
    const controller = new AbortController()
    const batcher = new Batcher((items: number[]) => items)
    const result = batcher.process(1, { signal: controller.signal })
    expect(await result).toBe(1)
    controller.abort()
    expect(await result).toBe(1)
    expect(batcher.stats()).toMatchObject({ fulfilled: 1, aborted: 0 })
  })

  it('takes 100,000 aborts, each of its own signal, of callers in flight and in the queue', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 50_000 })
    const controllers = range(100_000).map(() => new AbortController())
    let aborted = 0
    controllers.forEach(({ signal }, item) => {
      batcher.process(item, { signal }).catch(() => {
        aborted += 1
      })
    })
    await settle()
    const closed = observe(batcher.close())
    for (const controller of controllers.toReversed()) controller.abort('gone')
    await settle()
    expect(aborted).toBe(100_000)
    expect(batches.calls).toHaveLength(1)
    expect(batches.calls[0]?.context.signal.aborted).toBe(true)
    expect(closed.status).toBe('fulfilled')
    expect(batcher.stats()).toMatchObject({ queued: 0, abandoned: 1, aborted: 100_000 })
  }, 20_000)
})

describe('Batcher.process() whose caller aborts between the cut and the call of its batch', () => {
  it('hides the item from the batch function', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 3 })
    const controller = new AbortController()
    const first = observe(batcher.process(1))
    const second = observe(batcher.process(2, { signal: controller.signal }))
    const third = observe(batcher.process(3))
    expect(batcher).toMatchObject({ queuedCount: 0, activeCount: 1 })
    controller.abort('late')
    await settle()
    expect(batches.items).toEqual([[1, 3]])
    batches.calls[0]?.resolve([10, 30])
    await settle()
    expect([first.value, second.reason, third.value]).toEqual([10, 'late', 30])
    expect(batcher.stats()).toMatchObject({ batches: 1, items: 2 })
  })

  it('counts it neither among the results nor in the error', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 3, concurrency: 2 })
    const controller = new AbortController()
    const callers = range(6).map((item) =>
      observe(batcher.process(item, item % 3 === 1 ? { signal: controller.signal } : {})),
    )
    controller.abort('late')
    await settle()
    expect(batches.items).toEqual([
      [0, 2],
      [3, 5],
    ])
    batches.calls[0]?.resolve([0, 1, 2])
    batches.calls[1]?.reject(new Error('down'))
    await settle()
    expect(callers.map((caller) => caller.reason)).toMatchObject([
      { message: expect.stringMatching(/^Cannot process batch of 2: .*an array of 2/) as string },
      'late',
      {
        cause: { message: expect.stringMatching(/received Array of 3$/) as string },
      },
      { message: 'Cannot process batch of 2: down' },
      'late',
      { message: 'Cannot process batch of 2: down' },
    ])
  })

  it('does not call it for nobody, and gives the slot back', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2 })
    const controller = new AbortController()
    const callers = range(2).map((item) =>
      observe(batcher.process(item, { signal: controller.signal })),
    )
    void batcher.process(2)
    controller.abort('late')
    await settle()
    expect(callers.map((caller) => caller.reason)).toEqual(['late', 'late'])
    expect(batches.items).toEqual([[2]])
    expect(batcher.stats()).toMatchObject({ batches: 1, items: 1, active: 1, abandoned: 0 })
  })
})

describe('Batcher.process() with a signal that has aborted', () => {
  it('rejects with its reason, and nothing is queued', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const signal = AbortSignal.abort('before')
    const caller = observe(batcher.process(1, { signal }))
    expect(batcher.queuedCount).toBe(0)
    await settle()
    expect(caller).toEqual({ status: 'rejected', reason: 'before' })
    expect(batches.calls).toHaveLength(0)
    expect(listeners(signal)).toBe(0)
  })

  it('rejects also when others still wait with that signal', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const controller = new AbortController()
    let inside: Promise<number> | undefined
    controller.signal.addEventListener('abort', () => {
      inside = batcher.process(2, { signal: controller.signal })
    })
    const waiting = observe(batcher.process(1, { signal: controller.signal }))
    controller.abort('now')
    expect(inside).toBeDefined()
    expect(await reasonOf(inside as Promise<number>)).toBe('now')
    expect(waiting.reason).toBe('now')
    expect(batches.calls).toHaveLength(0)
  })

  it.each([0, '', false, null, Number.NaN])('passes on the falsy reason %j', async (reason) => {
    const batcher = new Batcher((items: number[]) => items)
    expect(await reasonOf(batcher.process(1, { signal: AbortSignal.abort(reason) }))).toBe(reason)
    const controller = new AbortController()
    const waiting = reasonOf(batcher.process(1, { signal: controller.signal }))
    controller.abort(reason)
    expect(await waiting).toBe(reason)
  })

  it('passes on the AbortError of an abort without a reason', async () => {
    const batcher = new Batcher((items: number[]) => items)
    const controller = new AbortController()
    const waiting = reasonOf(batcher.process(1, { signal: controller.signal }))
    controller.abort()
    expect(await waiting).toBe(controller.signal.reason)
  })

  it('works with a signal that follows another', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const controller = new AbortController()
    const signal = AbortSignal.any([controller.signal, new AbortController().signal])
    const caller = observe(batcher.process(1, { signal }))
    await settle()
    controller.abort('through')
    await settle()
    expect(caller.reason).toBe('through')
    expect(batches.calls[0]?.context.signal.aborted).toBe(true)
  })
})
