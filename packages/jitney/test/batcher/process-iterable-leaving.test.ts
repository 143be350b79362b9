import { getEventListeners } from 'node:events'
import { Batcher, type BatcherOptions } from 'jitney'
import { deferred, ManualClock, type ManualBatches, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { observe, type Observed, reasonOf } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'
import { numbers, Source, take } from '../support/source.ts'

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

/** Of a source one batch is done, one runs, and items are queued behind it. */
async function underWay(options?: BatcherOptions<number>, signal?: AbortSignal) {
  const batches = manualBatches<number, number>()
  const batcher = new Batcher(batches.batchFunction, {
    maxBatchSize: 2,
    maxQueueTime: Infinity,
    ...options,
  })
  const closing = deferred()
  const source = numbers(100, () => closing.promise)
  const results = batcher.processIterable(source, { signal })
  const first = observe(results.next())
  await settle()
  batches.calls[0]?.resolve([0, 1])
  await settle()
  expect(batches.items).toEqual([
    [0, 1],
    [2, 3],
  ])
  expect(first.value).toMatchObject({ done: false })
  expect(batcher.queuedCount).toBeGreaterThan(0)
  return { batches, batcher, closing, source, results }
}

async function answerAll({ calls }: ManualBatches<number, number>): Promise<void> {
  for (const call of calls) call.resolve(call.items)
  await settle()
}

/** Until the loop is left, and what follows from that has happened. */
async function settleLeft(source: Source<number>): Promise<void> {
  for (let round = 0; round < 10 && source.closed === 0; round += 1) await settle()
  await settle()
}

type UnderWay = Awaited<ReturnType<typeof underWay>>

/** What was queued was taken back, what is in flight was told. */
function expectTakenBack({ batches, batcher }: UnderWay): void {
  expect([batcher.queuedCount, batcher.activeCount]).toEqual([0, 1])
  expect(batches.calls[1]?.context.signal.aborted).toBe(true)
  expect(batches.calls).toHaveLength(2)
}

/** Ways to leave; each lets the source end its step first, for it is not waited for else. */
const ways: [string, (given: UnderWay, done: () => void) => Promise<unknown>][] = [
  [
    'break',
    async ({ results }, done) => {
      for await (const _ of results) {
        await settle()
        break
      }
      done()
    },
  ],
  [
    'return',
    async ({ results }, done) => {
      await (async () => {
        for await (const result of results) {
          await settle()
          return result
        }
        return undefined
      })()
      done()
    },
  ],
  [
    'throw',
    async ({ results }, done) => {
      const thrown = new Error('thrown')
      const loop = async () => {
        for await (const _ of results) {
          await settle()
          throw thrown
        }
      }
      expect(await reasonOf(loop())).toBe(thrown)
      done()
    },
  ],
  [
    'a call of return()',
    async ({ results }, done) => {
      await results.next()
      await settle()
      expect(await results.return?.()).toEqual({ done: true, value: undefined })
      done()
    },
  ],
]

describe('A loop over Batcher.processIterable() that is left', () => {
  it.each(ways)(
    'by %s takes back what is queued, and tells what is in flight',
    async (_, leave) => {
      const given = await underWay()
      const left = observe(leave(given, () => {}))
      await settleLeft(given.source)
      expectTakenBack(given)
      given.closing.resolve()
      await settle()
      expect(left).toEqual({ status: 'fulfilled', value: undefined })
      given.batches.calls[1]?.reject(new Error('aborted'))
      await settle()
      expect([given.batcher.activeCount, given.batches.calls.length]).toEqual([0, 2])
      expect(await given.results.next()).toEqual({ done: true, value: undefined })
    },
  )

  it.each(ways)('by %s closes the source once, and waits until it is closed', async (_, leave) => {
    const given = await underWay()
    let isLeft = false
    void leave(given, () => {
      isLeft = true
    })
    await settleLeft(given.source)
    expect([given.source.closed, isLeft]).toEqual([1, false])
    given.closing.resolve()
    await settle()
    expect(isLeft).toBe(true)
    await given.results.return?.()
    expect(given.source.closed).toBe(1)
    expect(given.source.pulled).toBeLessThan(10)
  })

  it('leaves other callers of the batcher alone, those of the same batch among them', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 3 })
    const others = [observe(batcher.process(100))]
    const results = batcher.processIterable(numbers(10))
    const first = observe(results.next())
    await settle()
    others.push(observe(batcher.process(101)))
    await settle()
    while (first.status === 'pending') await answerAll(batches)
    await results.return?.()
    while (batcher.activeCount > 0) await answerAll(batches)
    expect(others.map(({ value }) => value)).toEqual([100, 101])
    expect([batcher.queuedCount, batcher.state]).toEqual([0, 'open'])
  })

  it('does not wait for a source that is being asked, but closes it once it has answered', async () => {
    const pull = deferred<number>()
    const source = new Source((index) => (index < 1 ? index : pull.promise))
    const batcher = new Batcher((items: number[]) => items)
    const results = batcher.processIterable(source)
    expect(await take(results, 1)).toEqual([0])
    await settle()
    expect(source.pulled).toBe(2)
    const left = observe(results.return?.() as Promise<unknown>)
    await settle()
    expect([left.value, source.closed]).toEqual([{ done: true, value: undefined }, 0])
    pull.resolve(1)
    await settle()
    expect([source.pulled, source.closed]).toEqual([2, 1])
  })

  it('does not wait for a source that is being asked when it is left by throw()', async () => {
    const pull = deferred<number>()
    const source = new Source((index) => (index < 1 ? index : pull.promise))
    const results = new Batcher((items: number[]) => items).processIterable(source)
    expect(await take(results, 1)).toEqual([0])
    const next = observe(results.next())
    await settle()
    const left = observe(results.throw?.('enough') as Promise<unknown>)
    await settle()
    expect(next.value).toEqual({ done: true, value: undefined })
    expect([left.status, left.reason, source.closed]).toEqual(['rejected', 'enough', 0])
    pull.resolve(1)
    await settle()
    expect([source.pulled, source.closed]).toEqual([2, 1])
  })

  it('does not wait for an async generator that is being asked', async () => {
    const pull = deferred()
    let closed = false
    const source = (async function* () {
      try {
        yield 0
        await pull.promise
        yield 1
      } finally {
        closed = true
      }
    })()
    const results = new Batcher((items: number[]) => items).processIterable(source)
    expect(await take(results, 1)).toEqual([0])
    await settle()
    const left = observe(results.return?.() as Promise<unknown>)
    await settle()
    expect([left.status, closed]).toEqual(['fulfilled', false])
    pull.resolve()
    await settle()
    expect(closed).toBe(true)
  })

  it('never hands over an item that the source gives after that', async () => {
    const pull = deferred<number>()
    const source = new Source((index) => (index < 1 ? index : pull.promise))
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const results = batcher.processIterable(source)
    const first = observe(results.next())
    await settle()
    batches.calls[0]?.resolve([0])
    await settle()
    expect(first.status).toBe('fulfilled')
    await results.return?.()
    pull.resolve(1)
    await settle()
    expect([batches.items, batcher.queuedCount]).toEqual([[[0]], 0])
    expect(source.pulled).toBe(2)
  })

  it('may be left while a result is waited for', async () => {
    const { batches, batcher, closing, results } = await underWay()
    closing.resolve()
    const steps: Observed<unknown>[] = []
    do {
      steps.push(observe(results.next()))
      await settle()
    } while (steps.at(-1)?.status === 'fulfilled')
    const left = observe(results.return?.() as Promise<unknown>)
    await settle()
    expect(left.status).toBe('fulfilled')
    expect(steps.at(-1)?.status).not.toBe('pending')
    expect([batcher.queuedCount, batches.calls[1]?.context.signal.aborted]).toEqual([0, true])
  })

  it('closes a source without return() by asking it no more', async () => {
    let pulled = 0
    const source: Iterable<number> = {
      [Symbol.iterator]: () => ({
        next: () => {
          pulled += 1
          return { done: false, value: pulled }
        },
      }),
    }
    const batcher = new Batcher((items: number[]) => items, { maxBatchSize: 2 })
    for await (const result of batcher.processIterable(source)) if (result === 5) break
    const before = pulled
    await settle()
    expect(pulled).toBe(before)
  })

  it('leaves no timer, no listener and no promise that rejects unheard', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const clock = new ManualClock()
      const { signal } = new AbortController()
      const options = { maxQueueTime: 1000, timeout: 1000, clock }
      const { batches, closing, results } = await underWay(options, signal)
      expect(listeners(signal)).toBeGreaterThan(0)
      expect(clock.timerCount).toBeGreaterThan(0)
      closing.resolve()
      await results.return?.()
      batches.calls[1]?.reject(new Error('aborted'))
      await settle()
      expect([listeners(signal), clock.timerCount]).toEqual([0, 0])
    })
    expect(unhandled).toEqual([])
  })
})
