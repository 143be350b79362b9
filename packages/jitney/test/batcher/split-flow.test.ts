import { type BatchAbortedError, Batcher, type BatcherOptions, outcome } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, processEach, statuses } from '../support/observe.ts'

const down = new Error('down')

/** A batcher one batch of which has just failed; paused, so that its halves wait. */
async function divided(count: number, options: BatcherOptions<number> = {}) {
  const clock = new ManualClock()
  const batches = manualBatches<number, number>()
  const batcher = new Batcher(batches.batchFunction, { splitOnError: true, clock, ...options })
  const controllers = range(count).map(() => new AbortController())
  const callers = controllers.map(({ signal }, item) => observe(batcher.process(item, { signal })))
  await settle()
  batcher.pause()
  batches.calls[0]?.reject(down)
  await settle()
  expect(batches.calls).toHaveLength(1)
  return { clock, batches, batcher, controllers, callers }
}

describe('halves of a batch that failed', () => {
  it('count as queued, hold onIdle(), and are held by a pause', async () => {
    const { clock, batches, batcher } = await divided(4)
    const idle = observe(batcher.onIdle())
    await clock.advance(1e6)
    expect(batches.calls).toHaveLength(1)
    expect(batcher.queuedCount).toBe(4)
    expect(batcher.stats()).toMatchObject({ queued: 4, active: 0 })
    expect(clock.timerCount).toBe(0)
    batcher.resume()
    await settle()
    expect(batches.items.slice(1)).toEqual([[0, 1]])
    expect(batches.calls[1]?.context.reason).toBe('split')
    batches.calls[1]?.resolve([0, 10])
    await settle()
    expect(idle.status).toBe('pending')
    batches.calls[2]?.resolve([20, 30])
    await settle()
    expect(idle.status).toBe('fulfilled')
  })

  it('go one after the other through one slot, and side by side through more', async () => {
    const { batches, batcher } = await divided(8)
    batcher.resume()
    await settle()
    expect(batches.items.slice(1)).toEqual([range(4)])
    batcher.concurrency = 4
    await settle()
    expect(batches.items.slice(2)).toEqual([range(4, 4)])
    batches.calls[1]?.reject(down)
    batches.calls[2]?.reject(down)
    await settle()
    expect(batches.items.slice(3).map((items) => items[0])).toEqual([0, 2, 4, 6])
    expect(batcher.stats()).toMatchObject({ queued: 0, active: 4 })
    batcher.abort()
  })

  it('go ahead of the queue, though that fills a batch', async () => {
    const { batches, batcher } = await divided(4, { maxBatchSize: 4 })
    processEach(batcher, range(8, 10))
    batcher.resume()
    for (const call of [1, 2, 3]) {
      await settle()
      const { items } = batches.calls[call] ?? {}
      batches.calls[call]?.resolve([...(items ?? [])])
    }
    await settle()
    expect(batches.items.slice(1)).toEqual([[0, 1], [2, 3], range(4, 10), range(4, 14)])
  })

  it('go as they are when the size was lowered meanwhile, and take nobody along', async () => {
    const { batches, batcher } = await divided(8)
    batcher.maxBatchSize = 2
    processEach(batcher, [10])
    batcher.concurrency = 2
    batcher.resume()
    await settle()
    expect(batches.items.slice(1)).toEqual([range(4), range(4, 4)])
    batcher.abort()
  })

  it('do not count to the bound', async () => {
    const { batches, batcher } = await divided(2, { maxQueueSize: 2 })
    const fresh = processEach(batcher, [10, 11, 12])
    await settle()
    expect(statuses(fresh)).toEqual(['pending', 'pending', 'rejected'])
    expect(batcher.queuedCount).toBe(4)
    batcher.resume()
    await settle()
    expect(batches.items.slice(1)).toEqual([[0]])
    expect(statuses(processEach(batcher, [13]))).toEqual(['pending'])
    await settle()
    expect(batcher.stats()).toMatchObject({ queued: 3, refused: 2 })
  })

  it('keep to the key of their batch', async () => {
    const batchKey = (item: number) => item % 2
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { splitOnError: true, batchKey, clock })
    processEach(batcher, range(4))
    await settle()
    batches.calls[0]?.reject(down)
    await settle()
    expect(batches.items).toEqual([[0, 2], [0]])
    expect(batches.calls[1]?.context).toMatchObject({ key: 0, reason: 'split' })
    batches.calls[1]?.resolve([0])
    await settle()
    expect(batches.calls[2]?.context).toMatchObject({ key: 0, reason: 'split' })
    batches.calls[2]?.resolve([20])
    await settle()
    expect(batches.items.slice(2)).toEqual([[2], [1, 3]])
    expect(batches.calls[3]?.context.key).toBe(1)
    batcher.abort()
  })
})

describe('a caller in a half that waits', () => {
  it('rejects at once when it aborts, and the half goes without it', async () => {
    const { batches, batcher, controllers, callers } = await divided(4)
    controllers[1]?.abort('gone')
    expect(batcher.queuedCount).toBe(3)
    await settle()
    expect(callers[1]).toEqual({ status: 'rejected', reason: 'gone' })
    batcher.resume()
    await settle()
    expect(batches.items[1]).toEqual([0])
    batches.calls[1]?.resolve([0])
    await settle()
    expect(batches.items[2]).toEqual([2, 3])
    batches.calls[2]?.resolve([20, 30])
    await settle()
    expect(callers.map((caller) => caller.value)).toEqual([0, undefined, 20, 30])
  })

  it.each([
    ['first', [0, 1], [2, 3]],
    ['second', [2, 3], [0, 1]],
  ])('as the last of the %s leaves nothing to send', async (_, leave, stay) => {
    const { batches, batcher, controllers } = await divided(4)
    for (const item of leave) controllers[item]?.abort('gone')
    batcher.resume()
    await settle()
    expect(batches.items.slice(1)).toEqual([stay])
    batches.calls[1]?.resolve(stay)
    await settle()
    expect(batches.calls).toHaveLength(2)
    expect(batcher.stats()).toMatchObject({ queued: 0, active: 0, aborted: 2, fulfilled: 2 })
  })

  it('as the last of all ends it, and lets the queue go on', async () => {
    const { clock, batches, batcher, controllers } = await divided(4)
    const idle = observe(batcher.onIdle())
    for (const controller of controllers) controller.abort('gone')
    await settle()
    expect(idle.status).toBe('fulfilled')
    expect(batcher.queuedCount).toBe(0)
    processEach(batcher, [10])
    batcher.resume()
    await settle()
    expect(batches.items.slice(1)).toEqual([[10]])
    expect(clock.timerCount).toBe(0)
  })

  it('as the last leaves no timer of those who left in their delay', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const options = { splitOnError: true, maxBatchSize: 2, concurrency: 2, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    const controller = new AbortController()
    const { signal } = controller
    for (const item of range(2)) observe(batcher.process(item, { signal }))
    processEach(batcher, [2, 3])
    await settle()
    const again = outcome.retry()
    batches.calls[0]?.resolve([again, again])
    batcher.pause()
    batches.calls[1]?.reject(down)
    await settle()
    expect(batcher.queuedCount).toBe(4)
    controller.abort()
    batcher.resume()
    await settle()
    expect(batches.items.slice(2)).toEqual([[2], [3]])
    expect(clock.timerCount).toBe(0)
  })

  it('in flight in a half leaves it alone; the half is divided without it', async () => {
    const { batches, batcher, controllers, callers } = await divided(6)
    batcher.resume()
    await settle()
    controllers[0]?.abort('gone')
    batches.calls[1]?.reject(down)
    await settle()
    batches.calls[2]?.resolve([30, 40, 50])
    await settle()
    expect(batches.items.slice(3)).toEqual([[1]])
    batches.calls[3]?.resolve([10])
    await settle()
    batches.calls[4]?.resolve([20])
    await settle()
    expect(callers.map((caller) => caller.value)).toEqual([undefined, 10, 20, 30, 40, 50])
  })

  it('that is left alone by its batch-mates in flight is settled all the same', async () => {
    const { batches, batcher, controllers, callers } = await divided(4)
    batcher.resume()
    await settle()
    controllers[0]?.abort('gone')
    batches.calls[1]?.resolve([0, 10])
    await settle()
    controllers[2]?.abort('gone')
    batches.calls[2]?.reject(down)
    await settle()
    const { length } = batches.calls
    if (length === 4) batches.calls[3]?.reject(down)
    await settle()
    expect(callers[3]?.reason).toMatchObject({ name: 'BatchError', cause: down })
    expect(batcher.stats()).toMatchObject({ queued: 0, active: 0, aborted: 2 })
  })
})

describe('halves that wait', () => {
  it('are sent by flush() despite a pause, and nobody who comes later', async () => {
    const { batches, batcher } = await divided(4)
    const flushed = observe(batcher.flush())
    await settle()
    processEach(batcher, [10])
    expect(batches.items.slice(1)).toEqual([[0, 1]])
    batches.calls[1]?.reject(down)
    for (const call of [2, 3, 4]) {
      await settle()
      batches.calls[call]?.resolve([...(batches.items[call] ?? [])])
    }
    await settle()
    expect(
      batches.items
        .slice(1)
        .flat()
        .toSorted((one, other) => one - other),
    ).toEqual([0, 0, 1, 1, 2, 3])
    expect(flushed.status).toBe('fulfilled')
    expect(batches.calls).toHaveLength(5)
    expect(batcher.queuedCount).toBe(1)
  })

  it('are sent by close() despite a pause', async () => {
    const { batches, batcher, callers } = await divided(2)
    const closed = observe(batcher.close())
    await settle()
    batches.calls[1]?.resolve([0])
    await settle()
    batches.calls[2]?.reject(down)
    await settle()
    expect(statuses(callers)).toEqual(['fulfilled', 'rejected'])
    expect(closed.status).toBe('fulfilled')
    expect(batcher.state).toBe('closed')
  })

  it('are aborted by the timeout of close(), and had started', async () => {
    const { clock, batches, batcher, callers } = await divided(4)
    const closed = observe(batcher.close({ timeout: 10 }))
    await clock.advance(10)
    expect(closed.status).toBe('fulfilled')
    for (const { reason } of callers) expect((reason as BatchAbortedError).started).toBe(true)
    batches.calls[1]?.reject(down)
    await settle()
    expect(batches.calls).toHaveLength(2)
    expect(clock.timerCount).toBe(0)
  })

  it('are aborted by abort(), and had started', async () => {
    const { batches, batcher, callers } = await divided(4)
    batcher.abort('over')
    expect(batcher.queuedCount).toBe(0)
    await settle()
    expect(callers.map((caller) => caller.reason)).toMatchObject(
      range(4).map(() => ({ name: 'BatchAbortedError', started: true, cause: 'over' })),
    )
    batcher.resume()
    await settle()
    expect(batches.calls).toHaveLength(1)
  })
})
