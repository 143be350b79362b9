import { getEventListeners } from 'node:events'
import { Batcher, BatchAbortedError, QueueFullError } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, type Observed, processEach, reasonOf, statuses } from '../support/observe.ts'

describe("Batcher.maxQueueSize with overflow 'reject'", () => {
  it('refuses who comes when as many wait, and says so', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueSize: 2, name: 'rows' })
    batcher.pause()
    const accepted = processEach(batcher, [1, 2])
    const reason = await reasonOf(batcher.process(3))
    expect(reason).toBeInstanceOf(QueueFullError)
    expect(reason).toMatchObject({
      name: 'QueueFullError',
      code: 'JITNEY_QUEUE_FULL',
      maxQueueSize: 2,
      message: "Cannot process item of 'rows': 'maxQueueSize' of 2 is reached",
    })
    expect(batcher.stats()).toMatchObject({ queued: 2, waiting: 0, refused: 1, rejected: 0 })
    batcher.resume()
    await settle()
    expect(batches.items).toEqual([[1, 2]])
    expect(statuses(accepted)).toEqual(['pending', 'pending'])
  })

  it('counts those who wait, not those of running batches', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueSize: 3, maxBatchSize: 2 })
    const callers = processEach(batcher, range(8))
    await settle()
    expect(batches.items).toEqual([[0, 1]])
    expect(statuses(callers)).toEqual([
      ...Array<string>(5).fill('pending'),
      ...Array<string>(3).fill('rejected'),
    ])
    expect(batcher.queuedCount).toBe(3)
    batches.calls[0]?.resolve([0, 10])
    await settle()
    expect(batcher.queuedCount).toBe(1)
    expect(statuses(processEach(batcher, [8, 9]))).toEqual(['pending', 'pending'])
    const refused = observe(batcher.process(10))
    await settle()
    expect(refused.status).toBe('rejected')
  })

  it('serves arrivals in waves up to the bound and refuses the rest of each', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueSize: 15, maxBatchSize: 10 })
    const callers: Observed<number>[] = []
    for (const wave of [0, 10, 20]) {
      callers.push(...processEach(batcher, range(10, wave)))
      await settle()
    }
    expect(statuses(callers).indexOf('rejected')).toBe(25)
    expect(statuses(callers).filter((status) => status === 'rejected')).toHaveLength(5)
  })

  it('counts a queue at its bound as full: it leaves without waiting for time', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      maxQueueSize: 3,
      maxQueueTime: Infinity,
      clock,
    })
    const callers = processEach(batcher, range(3))
    await settle()
    expect(batches.items).toEqual([[0, 1, 2]])
    expect(batches.calls[0]?.context.reason).toBe('size')
    expect(statuses(callers)).toEqual(Array(3).fill('pending'))
    expect(clock.timerCount).toBe(0)
  })

  it('refuses nobody while a slot is free and the queue is under its bound', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueSize: 2, concurrency: 5 })
    const callers = processEach(batcher, range(13))
    await settle()
    expect(batches.items).toEqual(range(5).map((batch) => [batch * 2, batch * 2 + 1]))
    expect(statuses(callers).indexOf('rejected')).toBe(12)
    expect(batcher.queuedCount).toBe(2)
  })

  it('takes items again as soon as one left', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueSize: 1 })
    const callers = processEach(batcher, [0, 1, 2])
    await settle()
    expect(statuses(callers)).toEqual(['pending', 'pending', 'rejected'])
    batches.calls[0]?.resolve([0])
    await settle()
    expect(batches.items).toEqual([[0], [1]])
    const next = observe(batcher.process(3))
    await settle()
    expect(next.status).toBe('pending')
    expect(batcher.queuedCount).toBe(1)
  })

  it('does not listen to the signal of a refused call', async () => {
    const batcher = new Batcher((items: number[]) => items, { maxQueueSize: 1 })
    batcher.pause()
    processEach(batcher, [0])
    const { signal } = new AbortController()
    expect(await reasonOf(batcher.process(1, { signal }))).toBeInstanceOf(QueueFullError)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})

describe("Batcher.maxQueueSize with overflow 'wait'", () => {
  const options = { overflow: 'wait' } as const

  it('serves everybody in order and never queues more than the bound', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      ...options,
      maxQueueSize: 15,
      maxBatchSize: 10,
    })
    const callers: Observed<number>[] = []
    let most = 0
    const look = () => {
      most = Math.max(most, batcher.queuedCount)
    }
    for (const wave of range(6)) {
      for (const item of range(10, wave * 10)) {
        callers.push(observe(batcher.process(item)))
        look()
      }
      await settle()
    }
    expect(batcher.stats()).toMatchObject({ queued: 15, waiting: 35, active: 1 })
    for (let call = 0; call < batches.calls.length; call += 1) {
      const items = batches.calls[call]?.items ?? []
      batches.calls[call]?.resolve(items.map((item) => item * 2))
      look()
      await settle()
      look()
    }
    expect(batches.items.flat()).toEqual(range(60))
    expect(Math.max(...batches.items.map((items) => items.length))).toBe(10)
    expect(callers.map((caller) => caller.value)).toEqual(range(60).map((item) => item * 2))
    expect(most).toBe(15)
    expect(batcher.stats()).toMatchObject({ queued: 0, waiting: 0, refused: 0 })
  })

  it('fills each batch from those who wait for room', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      ...options,
      maxQueueSize: 2,
      maxQueueTime: Infinity,
    })
    processEach(batcher, range(5))
    await settle()
    expect(batches.items).toEqual([[0, 1]])
    expect(batcher.stats()).toMatchObject({ queued: 2, waiting: 1 })
    batches.calls[0]?.resolve([0, 1])
    await settle()
    expect(batches.items[1]).toEqual([2, 3])
    expect(batcher.stats()).toMatchObject({ queued: 1, waiting: 0 })
  })

  it('lets a newcomer overtake nobody who waits', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { ...options, maxQueueSize: 1 })
    const order: number[] = []
    const call = async (item: number) => {
      await batcher.process(item)
      order.push(item)
      if (item < 3) await batcher.process(item + 10)
    }
    const calls = Promise.all(range(4).map(call))
    for (const index of range(7)) {
      await settle()
      batches.calls[index]?.resolve(batches.calls[index]?.items)
    }
    await calls
    expect(batches.items.flat()).toEqual([0, 1, 2, 3, 10, 11, 12])
    expect(order).toEqual([0, 1, 2, 3])
  })

  it('lets a newcomer overtake nobody, not even from inside an abort', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      ...options,
      maxBatchSize: 1,
      concurrency: 2,
      maxQueueSize: 1,
    })
    const controller = new AbortController()
    const { signal } = controller
    for (const item of ['ends', 'runs']) observe(batcher.process(item, { signal }))
    await settle()
    batcher.pause()
    observe(batcher.process('queued', { signal }))
    void batcher.process('waiting')
    batches.calls[1]?.context.signal.addEventListener('abort', () => {
      void batcher.process('newcomer')
    })
    batches.calls[0]?.resolve([''])
    await settle()
    controller.abort()
    batcher.resume()
    await settle()
    batches.calls.at(-1)?.resolve([''])
    await settle()
    expect(batches.items).toEqual([['ends'], ['runs'], ['waiting'], ['newcomer']])
  })

  it('lets a caller abort who waits for room, and the batch function never sees it', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { ...options, maxQueueSize: 1 })
    const controller = new AbortController()
    const { signal } = controller
    const callers = range(5).map((item) =>
      observe(batcher.process(item, item === 3 ? { signal } : {})),
    )
    await settle()
    expect(batcher.stats()).toMatchObject({ active: 1, queued: 1, waiting: 3 })
    controller.abort('tired')
    expect(batcher.stats().waiting).toBe(2)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    await settle()
    expect(callers[3]).toEqual({ status: 'rejected', reason: 'tired' })
    for (const index of range(4)) {
      batches.calls[index]?.resolve([index])
      await settle()
    }
    expect(batches.items).toEqual([[0], [1], [2], [4]])
  })

  it('moves the next of those who wait up when one in the queue aborts', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { ...options, maxQueueSize: 2 })
    batcher.pause()
    const controller = new AbortController()
    const queued = observe(batcher.process(0, { signal: controller.signal }))
    processEach(batcher, [1, 2, 3])
    expect(batcher.stats()).toMatchObject({ queued: 2, waiting: 2 })
    controller.abort()
    expect(batcher.stats()).toMatchObject({ queued: 2, waiting: 1 })
    await settle()
    expect(queued.status).toBe('rejected')
    const flushed = observe(batcher.flush())
    await settle()
    expect(batches.items).toEqual([[1, 2]])
    batches.calls[0]?.resolve([1, 2])
    await settle()
    batches.calls[1]?.resolve([3])
    await settle()
    expect(batches.items).toEqual([[1, 2], [3]])
    expect(flushed.status).toBe('fulfilled')
  })

  it('keeps a signal that moves up through room, queue and batch within reach', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { ...options, maxQueueSize: 1 })
    const controllers = range(3).map(() => new AbortController())
    const callers = controllers.map(({ signal }, item) =>
      observe(batcher.process(item, { signal })),
    )
    await settle()
    expect(batcher.stats()).toMatchObject({ active: 1, queued: 1, waiting: 1 })
    batches.calls[0]?.resolve([0])
    await settle()
    expect(batcher.stats()).toMatchObject({ active: 1, queued: 1, waiting: 0 })
    controllers[2]?.abort('queued')
    expect(batcher.queuedCount).toBe(0)
    controllers[1]?.abort('in flight')
    expect(batches.calls[1]?.context.signal.aborted).toBe(true)
    await settle()
    expect(callers.map((caller) => caller.reason)).toEqual([undefined, 'in flight', 'queued'])
    expect(batches.items).toEqual([[0], [1]])
  })

  it('serves those who wait for room when it closes', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { ...options, maxQueueSize: 2 })
    batcher.pause()
    const callers = processEach(batcher, range(5))
    const closed = observe(batcher.close())
    for (const index of range(3)) {
      await settle()
      expect(closed.status).toBe('pending')
      expect(batcher.queuedCount).toBeLessThanOrEqual(2)
      batches.calls[index]?.resolve(batches.calls[index]?.items)
    }
    await settle()
    expect(closed.status).toBe('fulfilled')
    expect(callers.map((caller) => caller.value)).toEqual(range(5))
    expect(batches.items).toEqual([[0, 1], [2, 3], [4]])
  })

  it('rejects those who wait for room when the close times out', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { ...options, maxQueueSize: 1, clock })
    const callers = processEach(batcher, range(3))
    await settle()
    const closed = observe(batcher.close({ timeout: 100 }))
    await clock.advance(100)
    expect(closed.status).toBe('fulfilled')
    expect(callers.map((caller) => caller.reason)).toMatchObject([
      { name: 'BatchAbortedError', started: true },
      { name: 'BatchAbortedError', started: false },
      { name: 'BatchAbortedError', started: false },
    ])
    expect(batcher.stats()).toMatchObject({ queued: 0, waiting: 0 })
  })

  it('rejects those who wait for room on abort(), and calls the batch function no more', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { ...options, maxQueueSize: 1 })
    const callers = processEach(batcher, range(4))
    await settle()
    batcher.abort('over')
    expect(batcher.stats()).toMatchObject({ queued: 0, waiting: 0 })
    batches.calls[0]?.resolve([0])
    await settle()
    for (const { reason } of callers) expect(reason).toBeInstanceOf(BatchAbortedError)
    expect(callers.map((caller) => (caller.reason as BatchAbortedError).started)).toEqual([
      true,
      false,
      false,
      false,
    ])
    expect(batches.calls).toHaveLength(1)
  })

  it('flushes those who wait for room as well', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      ...options,
      maxQueueSize: 2,
      maxQueueTime: Infinity,
    })
    batcher.pause()
    processEach(batcher, range(3))
    const flushed = observe(batcher.flush())
    await settle()
    expect(batches.items).toEqual([[0, 1]])
    batches.calls[0]?.resolve([0, 1])
    await settle()
    expect(batches.items).toEqual([[0, 1], [2]])
    expect(flushed.status).toBe('pending')
    batches.calls[1]?.resolve([2])
    await settle()
    expect(flushed.status).toBe('fulfilled')
  })

  it('holds them back while it is paused', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { ...options, maxQueueSize: 1 })
    batcher.pause()
    processEach(batcher, range(3))
    await settle()
    expect(batcher.stats()).toMatchObject({ active: 0, queued: 1, waiting: 2 })
    batcher.resume()
    for (const index of range(3)) {
      await settle()
      batches.calls[index]?.resolve([index])
    }
    expect(batches.items).toEqual([[0], [1], [2]])
  })

  it('counts the age of those who waited for room from their call', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      ...options,
      maxQueueSize: 2,
      maxQueueTime: 100,
      clock,
    })
    processEach(batcher, range(5))
    await clock.advance(60)
    batches.calls[0]?.resolve([0, 1])
    await settle()
    expect(batches.items).toEqual([
      [0, 1],
      [2, 3],
    ])
    batches.calls[1]?.resolve([2, 3])
    await clock.advance(39)
    expect(batches.calls).toHaveLength(2)
    await clock.advance(1)
    expect(batches.items[2]).toEqual([4])
    expect(clock.now()).toBe(100)
  })

  it('is not idle while somebody waits for room', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { ...options, maxQueueSize: 1 })
    processEach(batcher, range(3))
    const idle = observe(batcher.onIdle())
    for (const index of range(3)) {
      await settle()
      expect(idle.status).toBe('pending')
      batches.calls[index]?.resolve([index])
    }
    await settle()
    expect(idle.status).toBe('fulfilled')
  })

  it('takes 100,000 callers at a bound of one batch', async () => {
    const sizes: number[] = []
    let most = 0
    const batcher: Batcher<number, number> = new Batcher(
      (items: number[]) => {
        sizes.push(items.length)
        most = Math.max(most, batcher.queuedCount)
        return items
      },
      { ...options, maxQueueSize: 1000, maxBatchSize: 1000 },
    )
    const results = await batcher.processAll(range(100_000))
    expect(results).toEqual(range(100_000))
    expect(sizes).toEqual(Array(100).fill(1000))
    expect(most).toBe(1000)
  })
})
