import { Batcher, type BatchContext, type BatcherOptions, outcome } from 'jitney'
import { deferred, ManualClock, manualBatches, settle } from 'jitney/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { stubJitter } from '../support/jitter.ts'
import { observe, processEach } from '../support/observe.ts'

type BatchEntry = BatchContext['entries'][number]

const down = new Error('down')

beforeEach(() => {
  stubJitter(0.5)
})

function setUp(options: BatcherOptions<number> = {}) {
  const clock = new ManualClock()
  const batches = manualBatches<number, number>()
  const batcher = new Batcher(batches.batchFunction, { clock, ...options })
  const entries = (call: number): readonly BatchEntry[] =>
    batches.calls[call]?.context.entries ?? []
  return { clock, batches, batcher, entries }
}

/** Callers with a signal each. */
function signalled(batcher: Batcher<number, number>, count: number) {
  const controllers = range(count).map(() => new AbortController())
  for (const [item, { signal }] of controllers.entries()) observe(batcher.process(item, { signal }))
  return controllers
}

describe('context.entries', () => {
  it('is one for each item, in their order, the same each time', async () => {
    const { batches, batcher, entries } = setUp()
    processEach(batcher, range(3))
    await settle()
    expect(entries(0)).toHaveLength(3)
    expect(entries(0)).toBe(batches.calls[0]?.context.entries)
    for (const { id, attempt, signal } of entries(0)) {
      expect(typeof id).toBe('string')
      expect(id).not.toBe('')
      expect(attempt).toBe(1)
      expect(signal).toBeInstanceOf(AbortSignal)
      expect(signal.aborted).toBe(false)
    }
    expect(entries(0)[0]?.signal).toBe(entries(0)[0]?.signal)
    expect(entries(0)[0]?.signal).not.toBe(entries(0)[1]?.signal)
    batcher.abort()
  })

  it('has ids of their own for all items, those of other batchers too', async () => {
    const ids: string[] = []
    const batchFunction = (items: number[], context: { entries: readonly BatchEntry[] }) => {
      ids.push(...context.entries.map(({ id }) => id))
      return items
    }
    const batchers = range(3).map(() => new Batcher(batchFunction, { maxBatchSize: 7 }))
    await Promise.all(batchers.map((batcher) => batcher.processAll([...range(50), ...range(50)])))
    expect(ids).toHaveLength(300)
    expect(new Set(ids).size).toBe(300)
  })

  it('keeps the id and counts the attempts of an item, whatever batches it rides in', async () => {
    const { clock, batches, batcher, entries } = setUp({ retry: { attempts: 3 } })
    processEach(batcher, range(2))
    await settle()
    const [first, second] = entries(0).map(({ id }) => id)
    batches.calls[0]?.resolve([outcome.retry(), 10])
    batcher.pause()
    processEach(batcher, [2])
    await clock.advance(50)
    batcher.resume()
    await settle()
    expect(batches.items[1]).toEqual([0, 2])
    expect(entries(1).map(({ attempt }) => attempt)).toEqual([2, 1])
    expect(entries(1)[0]?.id).toBe(first)
    expect([first, second]).not.toContain(entries(1)[1]?.id)
    const third = entries(1)[1]?.id
    batches.calls[1]?.reject(down)
    await clock.advance(100)
    expect(entries(2).map(({ id, attempt }) => [id, attempt])).toEqual([
      [first, 3],
      [third, 2],
    ])
    batcher.abort()
  })

  it('counts attempts that nobody looked at', async () => {
    const { clock, batches, batcher, entries } = setUp({ retry: { attempts: 3 } })
    processEach(batcher, [1])
    await settle()
    batches.calls[0]?.reject(down)
    await clock.advance(50)
    batches.calls[1]?.reject(down)
    await clock.advance(100)
    expect(entries(2)[0]?.attempt).toBe(3)
    batcher.abort()
  })

  it('goes on counting in the halves of a batch', async () => {
    const clock = new ManualClock()
    const seen: (readonly [number[], string[], number[]])[] = []
    const batcher = new Batcher<number, number>(
      (items, { entries }) => {
        seen.push([[...items], entries.map(({ id }) => id), entries.map(({ attempt }) => attempt)])
        throw down
      },
      { retry: { attempts: 2 }, splitOnError: true, concurrency: 9, clock },
    )
    processEach(batcher, range(3))
    await clock.advance(50)
    const ids = seen[0]?.[1] ?? []
    const batches = seen.map(([items, , attempts]) => [items, attempts])
    expect(batches).toEqual([
      [range(3), [1, 1, 1]],
      [range(3), [2, 2, 2]],
      [
        [0, 1],
        [3, 3],
      ],
      [[2], [3]],
      [[0], [4]],
      [[1], [4]],
    ])
    for (const [items, itsIds] of seen) expect(itsIds).toEqual(items.map((item) => ids[item]))
  })

  it('begins anew for the next call with the same item', async () => {
    const { batches, batcher, entries } = setUp()
    for (const call of range(2)) {
      processEach(batcher, [1])
      await settle()
      batches.calls[call]?.resolve([10])
      expect(entries(call)[0]?.attempt).toBe(1)
      await settle()
    }
    expect(entries(0)[0]?.id).not.toBe(entries(1)[0]?.id)
  })

  it('stays what it was for an attempt that is over', async () => {
    const { clock, batches, batcher, entries } = setUp({ retry: { attempts: 3 } })
    processEach(batcher, [1])
    await settle()
    const [first] = entries(0)
    batches.calls[0]?.reject(down)
    await clock.advance(50)
    expect(entries(1)[0]?.attempt).toBe(2)
    expect(first?.attempt).toBe(1)
    batcher.abort()
  })

  it('is there for callers who left since the batch began', async () => {
    const { batches, batcher } = setUp()
    const controllers = signalled(batcher, 2)
    await settle()
    controllers[0]?.abort()
    const { entries } = batches.calls[0]?.context ?? {}
    expect(entries?.map(({ signal }) => signal.aborted)).toEqual([true, false])
    batcher.abort()
  })

  it('is there when it is first asked for after all have left', async () => {
    const { batches, batcher } = setUp()
    const controllers = signalled(batcher, 2)
    await settle()
    for (const controller of controllers) controller.abort()
    const { entries } = batches.calls[0]?.context ?? {}
    expect(entries?.map(({ signal }) => signal.aborted)).toEqual([true, true])
    expect(new Set(entries?.map(({ id }) => id)).size).toBe(2)
  })

  it('has none for a caller who left before the batch began', async () => {
    const { batches, batcher, entries } = setUp({ maxBatchSize: 3 })
    const controllers = signalled(batcher, 3)
    controllers[1]?.abort()
    await settle()
    expect(batches.items).toEqual([[0, 2]])
    expect(entries(0)).toHaveLength(2)
    controllers[2]?.abort()
    expect(entries(0).map(({ signal }) => signal.aborted)).toEqual([false, true])
    batcher.abort()
  })
})

describe('the signal of an entry', () => {
  it('aborts when its caller leaves, and no other does', async () => {
    const { batches, batcher, entries } = setUp()
    const controllers = signalled(batcher, 3)
    await settle()
    const signals = entries(0).map(({ signal }) => signal)
    controllers[1]?.abort('gone')
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true, false])
    expect(batches.calls[0]?.context.signal.aborted).toBe(false)
    batcher.abort()
  })

  it('aborts with all others when the last caller leaves, as that of the batch', async () => {
    const { batches, batcher, entries } = setUp()
    const controllers = signalled(batcher, 2)
    await settle()
    const signals = entries(0).map(({ signal }) => signal)
    for (const controller of controllers) controller.abort('gone')
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
    expect(batches.calls[0]?.context.signal.aborted).toBe(true)
  })

  it.each<[string, (batcher: Batcher<number, number>, clock: ManualClock) => Promise<void>]>([
    [
      'abort()',
      async (batcher) => {
        batcher.abort('over')
        await null
      },
    ],
    ['the timeout', async (_, clock) => await clock.advance(10)],
    [
      'the timeout of close()',
      async (batcher, clock) => {
        void batcher.close({ timeout: 5 })
        await clock.advance(5)
      },
    ],
  ])('aborts with that of the batch at %s, also if it is asked for only then', async (_, end) => {
    const { clock, batcher, entries } = setUp({ timeout: 10 })
    processEach(batcher, range(2))
    await settle()
    const early = entries(0)[0]?.signal
    await end(batcher, clock)
    expect(early?.aborted).toBe(true)
    expect(entries(0)[1]?.signal.aborted).toBe(true)
  })

  it('aborts at a timeout that is retried, and is a new one for the next attempt', async () => {
    const retry = { attempts: 2, when: () => true }
    const { clock, batches, batcher, entries } = setUp({ timeout: 10, retry })
    const [controller] = signalled(batcher, 1)
    await settle()
    const first = entries(0)[0]?.signal
    await clock.advance(10)
    expect(first?.aborted).toBe(true)
    batches.calls[0]?.reject(down)
    await clock.advance(50)
    const second = entries(1)[0]?.signal
    expect(second?.aborted).toBe(false)
    controller?.abort()
    expect(second?.aborted).toBe(true)
  })

  it('is good for each attempt', async () => {
    const { clock, batches, batcher, entries } = setUp({ retry: { attempts: 2 } })
    const controllers = signalled(batcher, 2)
    await settle()
    expect(entries(0)[0]?.signal.aborted).toBe(false)
    batches.calls[0]?.reject(down)
    await clock.advance(50)
    const signals = entries(1).map(({ signal }) => signal)
    controllers[0]?.abort()
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    batcher.abort()
  })

  it('aborts for an item whose outcome is still a promise', async () => {
    const { batches, batcher, entries } = setUp()
    const controllers = signalled(batcher, 2)
    await settle()
    const signals = entries(0).map(({ signal }) => signal)
    const late = deferred<number>()
    batches.calls[0]?.resolve([late.promise, late.promise])
    await settle()
    controllers[1]?.abort()
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true])
    late.resolve(1)
    await settle()
    expect(batcher.stats()).toMatchObject({ active: 0, fulfilled: 1, aborted: 1 })
  })

  it('may be listened to by code that uses the batcher', async () => {
    const { batches, batcher, entries } = setUp()
    const controllers = signalled(batcher, 2)
    await settle()
    let inside: Promise<number> | undefined
    entries(0)[0]?.signal.addEventListener('abort', () => {
      inside = batcher.process(7)
      controllers[1]?.abort()
    })
    controllers[0]?.abort()
    await settle()
    expect(batcher.stats()).toMatchObject({ aborted: 2, abandoned: 1, queued: 1 })
    batches.calls[0]?.resolve([0, 1])
    await settle()
    batches.calls[1]?.resolve([70])
    expect(await inside).toBe(70)
  })
})
