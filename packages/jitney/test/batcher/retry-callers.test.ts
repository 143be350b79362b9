import { getEventListeners } from 'node:events'
import { Batcher } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { stubJitter } from '../support/jitter.ts'
import { observe, statuses } from '../support/observe.ts'

const down = new Error('down')
const retry = { attempts: 3 }

beforeEach(() => {
  stubJitter(0.5)
})

/** Callers with a signal each, and what the batch function was given. */
function setUp(count: number, options: object = {}) {
  const clock = new ManualClock()
  const batches = manualBatches<number, number>()
  const batcher = new Batcher(batches.batchFunction, { retry, clock, ...options })
  const controllers = range(count).map(() => new AbortController())
  const callers = controllers.map(({ signal }, item) => observe(batcher.process(item, { signal })))
  return { clock, batches, batcher, controllers, callers }
}

describe('a caller of a batch with retries that aborts', () => {
  it('during the delay rejects at once, and the others go without it', async () => {
    const { clock, batches, batcher, controllers, callers } = setUp(3)
    await settle()
    batches.calls[0]?.reject(down)
    await clock.advance(20)
    controllers[1]?.abort('gone')
    expect(batcher.queuedCount).toBe(2)
    await settle()
    expect(callers[1]).toEqual({ status: 'rejected', reason: 'gone' })
    expect(statuses(callers)).toEqual(['pending', 'rejected', 'pending'])
    await clock.advance(30)
    expect(batches.items[1]).toEqual([0, 2])
    batches.calls[1]?.resolve([0, 20])
    await settle()
    expect(callers.map((caller) => caller.value)).toEqual([0, undefined, 20])
    expect(batcher.stats()).toMatchObject({ fulfilled: 2, aborted: 1, rejected: 0, items: 5 })
  })

  it('during the delay as the last leaves no timer and no call', async () => {
    const { clock, batches, batcher, controllers } = setUp(2)
    const idle = observe(batcher.onIdle())
    await settle()
    batches.calls[0]?.reject(down)
    await settle()
    for (const controller of controllers) controller.abort()
    expect(clock.timerCount).toBe(0)
    await settle()
    expect(idle.status).toBe('fulfilled')
    await clock.advance(1e6)
    expect(batches.calls).toHaveLength(1)
    expect(batcher.stats()).toMatchObject({ queued: 0, aborted: 2, rejected: 0 })
  })

  it('leaves those of other batches their own delays', async () => {
    const { clock, batches, batcher, controllers } = setUp(2, { maxBatchSize: 1, concurrency: 2 })
    await settle()
    batches.calls[0]?.reject(down)
    await clock.advance(20)
    batches.calls[1]?.reject(down)
    await clock.advance(10)
    controllers[0]?.abort()
    await clock.advance(39)
    expect(batches.calls).toHaveLength(2)
    await clock.advance(1)
    expect(batches.items[2]).toEqual([1])
    expect(batcher.queuedCount).toBe(0)
    expect(clock.timerCount).toBe(0)
  })

  it('leaves no timer behind once the others have gone', async () => {
    const { clock, batches, batcher, controllers } = setUp(2, { maxBatchSize: 1, concurrency: 2 })
    await settle()
    batches.calls[0]?.reject(down)
    await clock.advance(20)
    batches.calls[1]?.reject(down)
    await clock.advance(10)
    controllers[1]?.abort()
    await clock.advance(20)
    expect(batches.items[2]).toEqual([0])
    expect(batcher.queuedCount).toBe(0)
    expect(clock.timerCount).toBe(0)
  })

  it('once it is due and waits for a slot is never seen again', async () => {
    const { clock, batches, batcher, controllers, callers } = setUp(2)
    await settle()
    batches.calls[0]?.reject(down)
    batcher.pause()
    await clock.advance(50)
    controllers[0]?.abort('gone')
    await settle()
    expect(callers[0]).toEqual({ status: 'rejected', reason: 'gone' })
    batcher.resume()
    await settle()
    expect(batches.items[1]).toEqual([1])
  })

  it('in the turn in which it is sent again is not in the batch', async () => {
    const { clock, batches, batcher, controllers } = setUp(2)
    await settle()
    batches.calls[0]?.reject(down)
    batcher.pause()
    await clock.advance(50)
    batcher.resume()
    controllers[1]?.abort()
    await settle()
    expect(batches.items[1]).toEqual([0])
  })

  it('in flight the second time rejects alone', async () => {
    const { clock, batches, controllers, callers } = setUp(2)
    await settle()
    batches.calls[0]?.reject(down)
    await clock.advance(50)
    controllers[0]?.abort('gone')
    await settle()
    expect(callers[0]).toEqual({ status: 'rejected', reason: 'gone' })
    expect(batches.calls[1]?.context.signal.aborted).toBe(false)
    batches.calls[1]?.reject(down)
    await clock.advance(100)
    expect(batches.items[2]).toEqual([1])
    batches.calls[2]?.resolve([10])
    await settle()
    expect(callers[1]?.value).toBe(10)
  })

  it('in flight, before the batch fails, is not sent again', async () => {
    const { clock, batches, batcher, controllers, callers } = setUp(2)
    await settle()
    controllers[0]?.abort('gone')
    batches.calls[0]?.reject(down)
    await settle()
    expect(batcher.queuedCount).toBe(1)
    await clock.advance(50)
    expect(batches.items[1]).toEqual([1])
    batches.calls[1]?.resolve([10])
    await settle()
    expect(callers.map((caller) => caller.status)).toEqual(['rejected', 'fulfilled'])
  })

  it('with all others in flight has nothing sent again', async () => {
    const { clock, batches, batcher, controllers } = setUp(2)
    await settle()
    for (const controller of controllers) controller.abort()
    expect(batches.calls[0]?.context.signal.aborted).toBe(true)
    batches.calls[0]?.reject(down)
    await clock.advance(1e6)
    expect(batches.calls).toHaveLength(1)
    expect(batcher.stats()).toMatchObject({ queued: 0, active: 0, aborted: 2, rejected: 0 })
    expect(clock.timerCount).toBe(0)
  })

  it('from within a listener of another signal during the delay is heard too', async () => {
    const { clock, batches, batcher, controllers, callers } = setUp(3)
    controllers[0]?.signal.addEventListener('abort', () => {
      controllers[1]?.abort('second')
    })
    await settle()
    batches.calls[0]?.reject(down)
    await settle()
    controllers[0]?.abort('first')
    await clock.advance(50)
    expect(callers.map((caller) => caller.reason)).toEqual(['first', 'second', undefined])
    expect(batches.items[1]).toEqual([2])
    expect(batcher.queuedCount).toBe(0)
  })

  it('never is one who was served: a late abort changes nothing', async () => {
    const { clock, batches, batcher, controllers, callers } = setUp(1)
    await settle()
    batches.calls[0]?.reject(down)
    await clock.advance(50)
    batches.calls[1]?.resolve([10])
    await settle()
    controllers[0]?.abort()
    await settle()
    expect(callers[0]).toEqual({ status: 'fulfilled', value: 10 })
    expect(batcher.stats()).toMatchObject({ fulfilled: 1, aborted: 0 })
  })
})

describe('a signal that callers share', () => {
  it('has one listener through all attempts, and none once they are settled', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { retry, clock })
    const { signal } = new AbortController()
    const listeners = () => getEventListeners(signal, 'abort').length
    for (const item of range(10)) observe(batcher.process(item, { signal }))
    for (const call of range(3)) {
      await clock.advance(100)
      expect(listeners()).toBe(1)
      batches.calls[call]?.reject(down)
    }
    await settle()
    expect(listeners()).toBe(0)
  })

  it('ends the wait of those in flight, in their delay and in the queue at once', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const options = { maxBatchSize: 2, concurrency: 2, retry, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    const controller = new AbortController()
    const callers = range(6).map((item) =>
      observe(batcher.process(item, { signal: controller.signal })),
    )
    await settle()
    batcher.concurrency = 1
    batches.calls[0]?.reject(down)
    await settle()
    expect(batcher.stats()).toMatchObject({ queued: 4, active: 1 })
    controller.abort('gone')
    await settle()
    expect(callers).toEqual(range(6).map(() => ({ status: 'rejected', reason: 'gone' })))
    expect(batcher.stats()).toMatchObject({ queued: 0, abandoned: 1, aborted: 6 })
    expect(clock.timerCount).toBe(0)
  })
})
