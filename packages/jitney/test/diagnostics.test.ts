import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel'

import { Batcher, type BatcherOptions, outcome } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'

import { observe } from './support/observe.ts'
import { eventsDuring } from './support/process-events.ts'

interface Published {
  readonly event: string
  readonly message: object
}

const events = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const
const cleanups: (() => void)[] = []

/** Listens to both channels until the test is over. `message` is a copy, `sent` the object itself. */
function listen(): { heard: Published[]; sent: unknown[] } {
  const heard: Published[] = []
  const sent: unknown[] = []
  const listener = (event: string) => (message: unknown) => {
    heard.push({ event, message: { ...(message as object) } })
    sent.push(message)
  }
  for (const event of events) subscribeHere(`tracing:jitney:batch:${event}`, listener(event))
  subscribeHere('jitney:batch:abandoned', listener('abandoned'))
  return { heard, sent }
}

function subscribeHere(name: string, listener: (message: unknown) => void): void {
  subscribe(name, listener)
  cleanups.push(() => unsubscribe(name, listener))
}

function prototypeOf<Value extends object>(value: Value): Value {
  return Object.getPrototypeOf(value) as Value
}

function setUp(options: BatcherOptions = {}): {
  clock: ManualClock
  batches: ReturnType<typeof manualBatches<number, string>>
  batcher: Batcher<number, string>
} {
  const clock = new ManualClock(1000)
  const batches = manualBatches<number, string>()
  return { clock, batches, batcher: new Batcher(batches.batchFunction, { clock, ...options }) }
}

afterEach(() => {
  for (const cleanUp of cleanups.splice(0)) cleanUp()
})

describe("the tracing channel 'jitney:batch'", () => {
  it('publishes start, end, asyncStart and asyncEnd of each batch, with one message', async () => {
    const { heard, sent } = listen()
    const { clock, batches, batcher } = setUp({ name: 'squares', maxQueueTime: 20 })
    const promises = [batcher.process(1)]
    await clock.advance(15)
    promises.push(batcher.process(2))
    await clock.advance(5)
    const message = { batcher, name: 'squares', reason: 'time', size: 2, queueTime: 20 }
    expect(heard).toEqual([
      { event: 'start', message },
      { event: 'end', message },
    ])
    await clock.advance(7)
    batches.calls[0]?.resolve(['one', 'two'])
    await Promise.all(promises)
    const ended = { ...message, duration: 7, result: ['one', 'two'] }
    expect(heard.slice(2)).toEqual([
      { event: 'asyncStart', message: ended },
      { event: 'asyncEnd', message: ended },
    ])
    expect(new Set(sent).size).toBe(1)
  })

  it('publishes a failure with its error, also of a batch function that throws at once', async () => {
    const failures = [
      (cause: Error) => Promise.reject(cause),
      (cause: Error): never => {
        throw cause
      },
    ]
    for (const fail of failures) {
      const { heard } = listen()
      const cause = new Error('down')
      const batcher = new Batcher<number, number>(() => fail(cause))
      await expect(batcher.process(1)).rejects.toMatchObject({ code: 'JITNEY_BATCH_FAILED', cause })
      expect(heard.map(({ event }) => event)).toEqual([
        'start',
        'end',
        'error',
        'asyncStart',
        'asyncEnd',
      ])
      expect(heard[2]?.message).toMatchObject({ size: 1, error: cause })
      for (const cleanUp of cleanups.splice(0)) cleanUp()
    }
  })

  it('counts in size those whom the batch function sees', async () => {
    const { heard } = listen()
    const { batcher } = setUp({ maxBatchSize: 3 })
    const controller = new AbortController()
    const left = observe(batcher.process(1, { signal: controller.signal }))
    void batcher.process(2)
    void batcher.process(3)
    controller.abort()
    await settle()
    expect(left.status).toBe('rejected')
    expect(heard[0]?.message).toMatchObject({ reason: 'size', size: 2 })
  })

  it('lets a subscriber bind a store in which the batch function runs', async () => {
    const spans = new AsyncLocalStorage<string>()
    const { start } = tracingChannel('jitney:batch')
    start.bindStore(spans, (message) => `span of ${(message as { name: string }).name}`)
    cleanups.push(() => start.unbindStore(spans))
    const batcher = new Batcher(
      async (items: number[]) => {
        await settle()
        return items.map(() => spans.getStore())
      },
      { name: 'squares' },
    )
    expect(await batcher.process(1)).toBe('span of squares')
  })

  it('hears batchers that were there before anybody listened, and only while somebody does', async () => {
    const batcher = new Batcher((items: number[]) => items)
    await batcher.process(1)
    const { heard } = listen()
    await batcher.process(2)
    expect(heard).toHaveLength(4)
    for (const cleanUp of cleanups.splice(0)) cleanUp()
    await batcher.process(3)
    expect(heard).toHaveLength(4)
  })

  it('is left alone while nobody listens', async () => {
    const trace = vi.spyOn(prototypeOf(tracingChannel('jitney:test')), 'tracePromise')
    cleanups.push(() => {
      vi.restoreAllMocks()
    })
    const { clock, batcher } = setUp({ timeout: 10 })
    const promise = observe(batcher.process(1))
    await clock.advance(10)
    expect(promise.status).toBe('rejected')
    expect(trace).not.toHaveBeenCalled()
    subscribeHere('tracing:jitney:batch:end', () => {})
    void new Batcher((items: number[]) => items).process(1)
    await settle()
    expect(trace).toHaveBeenCalledTimes(1)
  })

  it('raises no unhandled rejection when a batch fails whose callers all handle it', async () => {
    listen()
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const { clock, batches, batcher } = setUp({ timeout: 10, concurrency: 2, maxBatchSize: 1 })
      const promises = [1, 2].map((item) => observe(batcher.process(item)))
      await settle()
      batches.calls[0]?.reject(new Error('down'))
      await clock.advance(10)
      batches.calls[1]?.reject(new Error('down, after the timeout'))
      await settle()
      expect(promises.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    })
    expect(unhandled).toEqual([])
  })
})

describe('queueTime', () => {
  it('is that of the oldest item, whatever the priorities', async () => {
    for (const [first, second] of [
      [-1, undefined],
      [-1, 0],
      [0, 1],
      [undefined, 1],
      [1, 2],
      [-2, -1],
    ] as const) {
      const { sent } = listen()
      const { clock, batcher } = setUp({ maxBatchSize: 2, maxQueueTime: Infinity })
      void batcher.process(1, { priority: first })
      await clock.advance(500)
      void batcher.process(2, second === undefined ? undefined : { priority: second })
      await settle()
      expect(sent.at(-1)).toMatchObject({ size: 2, queueTime: 500 })
    }
  })
})

describe("the channel 'jitney:batch:abandoned'", () => {
  const about = { name: 'squares', reason: 'idle', size: 2, queueTime: 0 }
  const abandonedOf = (heard: Published[]): object[] =>
    heard.filter(({ event }) => event === 'abandoned').map((published) => published.message)

  it('names a batch that timed out and still runs, once', async () => {
    const { heard } = listen()
    const { clock, batches, batcher } = setUp({ name: 'squares', timeout: 10 })
    const promises = [1, 2].map((item) => observe(batcher.process(item)))
    await clock.advance(9.75)
    expect(abandonedOf(heard)).toEqual([])
    await clock.advance(0.25)
    expect(promises.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(abandonedOf(heard)).toEqual([{ batcher, ...about }])
    batcher.abort()
    batches.calls[0]?.resolve(['one', 'two'])
    await settle()
    expect(abandonedOf(heard)).toHaveLength(1)
  })

  it('names a batch whose callers all left, and one that abort() gave up', async () => {
    const { heard } = listen()
    const { batcher } = setUp({ name: 'squares', concurrency: 2 })
    const controllers = [new AbortController(), new AbortController()]
    const left = controllers.map(({ signal }) => observe(batcher.process(1, { signal })))
    await settle()
    controllers[0]?.abort()
    expect(abandonedOf(heard)).toEqual([])
    controllers[1]?.abort()
    await settle()
    expect(left.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(abandonedOf(heard)).toEqual([{ batcher, ...about }])
    const aborted = [1, 2].map((item) => observe(batcher.process(item)))
    await settle()
    batcher.abort()
    await settle()
    expect(aborted.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(abandonedOf(heard)).toEqual([
      { batcher, ...about },
      { batcher, ...about, reason: 'slot' },
    ])
  })

  it('says nothing of batches that ended or were never called', async () => {
    const { heard } = listen()
    const { batches, batcher } = setUp({ maxBatchSize: 1 })
    const served = batcher.process(1)
    await settle()
    batches.calls[0]?.resolve(['one'])
    await served
    const cut = observe(batcher.process(2))
    batcher.abort()
    await settle()
    expect(cut.status).toBe('rejected')
    expect(batches.calls).toHaveLength(1)
    expect(abandonedOf(heard)).toEqual([])
  })
})

describe('a subscriber that throws', () => {
  it('is reported by the process, and no caller and no batch is the worse for it', async () => {
    const names = [
      ...events.map((event) => `tracing:jitney:batch:${event}`),
      'jitney:batch:abandoned',
    ]
    for (const name of names) {
      subscribeHere(name, () => {
        throw new Error(name)
      })
    }
    const { clock, batches, batcher } = setUp({ timeout: 10 })
    const uncaught = await eventsDuring('uncaughtException', async () => {
      const served = observe(batcher.process(1))
      await settle()
      batches.calls[0]?.resolve(['one'])
      await settle()
      expect(served).toMatchObject({ status: 'fulfilled', value: 'one' })
      const failed = observe(batcher.process(2))
      await settle()
      batches.calls[1]?.reject(new Error('down'))
      await settle()
      expect(failed).toMatchObject({ reason: { code: 'JITNEY_BATCH_FAILED' } })
      const timedOut = observe(batcher.process(3))
      await clock.advance(10)
      expect(timedOut).toMatchObject({ reason: { code: 'JITNEY_BATCH_TIMEOUT' } })
      batches.calls[2]?.resolve(['three'])
      await settle()
      expect(batcher.activeCount).toBe(0)
    })
    const reported = new Set(uncaught.map((error) => (error as Error).message))
    expect([...reported].toSorted()).toEqual(names.toSorted())
  })
})

describe('Batcher.stats()', () => {
  it('is all zero before anything happened, and names the batcher', () => {
    expect(new Batcher((items: number[]) => items, { name: 'squares' }).stats()).toEqual({
      name: 'squares',
      state: 'open',
      queued: 0,
      waiting: 0,
      active: 0,
      abandoned: 0,
      oldestAge: 0,
      batches: 0,
      lastReasons: [],
      items: 0,
      totalDuration: 0,
      a: 0,
      b: 0,
      pace: 0,
      fulfilled: 0,
      rejected: 0,
      aborted: 0,
      refused: 0,
    })
  })

  it('counts what waits, what runs and what came of it', async () => {
    const { clock, batches, batcher } = setUp({
      maxBatchSize: 2,
      concurrency: 2,
      maxQueueSize: 3,
      overflow: 'wait',
      timeout: 50,
    })
    const controller = new AbortController()
    const promises = [1, 2, 3, 4, 5].map((item) => observe(batcher.process(item)))
    await clock.advance(30)
    batches.calls[0]?.resolve(['one', outcome.error(new Error('two'))])
    await settle()
    expect(batcher.stats()).toMatchObject({ active: 2, queued: 0, batches: 3, items: 5 })
    expect(batcher.stats()).toMatchObject({ fulfilled: 1, rejected: 1, totalDuration: 30 })
    const { signal } = controller
    promises.push(...[6, 7, 8, 9].map((item) => observe(batcher.process(item, { signal }))))
    await clock.advance(20)
    expect(batcher.stats()).toMatchObject({ queued: 3, waiting: 1, oldestAge: 20 })
    expect(batcher.stats()).toMatchObject({ active: 2, abandoned: 1, rejected: 3 })
    controller.abort()
    expect(batcher.stats()).toMatchObject({ queued: 0, waiting: 0, oldestAge: 0, aborted: 4 })
    const closed = batcher.close()
    promises.push(observe(batcher.process(10)))
    expect(batcher.stats()).toMatchObject({ state: 'closing', refused: 1 })
    batches.calls[1]?.resolve(['three', 'four'])
    batches.calls[2]?.resolve(['five'])
    await closed
    expect(batcher.stats()).toEqual({
      name: undefined,
      state: 'closed',
      queued: 0,
      waiting: 0,
      active: 0,
      abandoned: 0,
      oldestAge: 0,
      batches: 3,
      lastReasons: ['slot', 'size', 'size'],
      items: 5,
      totalDuration: 30 + 50 + 20,
      a: expect.any(Number) as number,
      b: expect.any(Number) as number,
      pace: 0,
      fulfilled: 2,
      rejected: 3,
      aborted: 4,
      refused: 1,
    })
    expect(promises.every(({ status }) => status !== 'pending')).toBe(true)
  })

  it('is a plain frozen record of that moment', async () => {
    const batcher = new Batcher((items: number[]) => items, { name: 'squares' })
    const before = batcher.stats()
    expect(Object.isFrozen(before)).toBe(true)
    expect(Object.getPrototypeOf(before)).toBe(Object.prototype)
    await batcher.process(1)
    expect(before.batches).toBe(0)
    expect(batcher.stats().batches).toBe(1)
  })

  it('goes through JSON as it is', async () => {
    const { clock, batcher } = setUp({ name: 'squares', timeout: 0.5, maxQueueTime: Infinity })
    const promise = observe(batcher.process(1))
    await clock.advance(0.25)
    expect(JSON.parse(JSON.stringify(batcher.stats()))).toEqual(batcher.stats())
    batcher.abort()
    await settle()
    expect(promise.status).toBe('rejected')
    expect(JSON.parse(JSON.stringify(batcher.stats()))).toEqual(batcher.stats())
  })
})
