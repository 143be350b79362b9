import { Batcher, type BatcherOptions, BatchError, outcome } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, processEach, reasonOf, statuses } from '../support/observe.ts'

interface Row {
  readonly id: unknown
  readonly from?: string
}

const dedupeKey = (row: Row): unknown => row.id

function setUp(options: BatcherOptions<Row> = {}) {
  const clock = new ManualClock()
  const batches = manualBatches<Row, string>()
  const batcher = new Batcher(batches.batchFunction, { dedupeKey, clock, ...options })
  return { clock, batches, batcher }
}

describe('Batcher.dedupeKey', () => {
  it('sends items with equal keys that are queued together once, as the first of them is', async () => {
    const { batches, batcher } = setUp()
    const callers = processEach(batcher, [
      { id: 1, from: 'first' },
      { id: 2 },
      { id: 1, from: 'second' },
      { id: 1, from: 'third' },
    ])
    expect(batcher.queuedCount).toBe(2)
    await settle()
    expect(batches.items).toEqual([[{ id: 1, from: 'first' }, { id: 2 }]])
    batches.calls[0]?.resolve(['one', 'two'])
    await settle()
    expect(callers.map((caller) => caller.value)).toEqual(['one', 'two', 'one', 'one'])
    expect(batcher.stats()).toMatchObject({ items: 2, batches: 1, fulfilled: 4 })
  })

  it('lets callers join an item in flight', async () => {
    const { batches, batcher } = setUp()
    const [first] = processEach(batcher, [{ id: 1 }])
    await settle()
    const [second] = processEach(batcher, [{ id: 1 }])
    await settle()
    expect(batcher.queuedCount).toBe(0)
    batches.calls[0]?.resolve(['one'])
    await settle()
    expect([first?.value, second?.value]).toEqual(['one', 'one'])
    expect(batches.calls).toHaveLength(1)
    expect(batcher.stats()).toMatchObject({ items: 1, fulfilled: 2, active: 0 })
  })

  it('is no cache: after the item is settled it is sent again', async () => {
    const { batches, batcher } = setUp()
    for (const round of range(3)) {
      const caller = observe(batcher.process({ id: 1 }))
      await settle()
      batches.calls[round]?.resolve([`round ${round}`])
      await settle()
      expect(caller.value).toBe(`round ${round}`)
    }
    expect(batches.calls).toHaveLength(3)
  })

  it.each<[string, string | Error]>([
    ['a result', 'one'],
    ['an error', new Error('bad')],
  ])('is no cache: whoever hears %s and calls again has it sent again', async (_, first) => {
    const { batches, batcher } = setUp()
    const again = batcher.process({ id: 1 }).then(
      () => batcher.process({ id: 1 }),
      () => batcher.process({ id: 1 }),
    )
    const caller = observe(again)
    await settle()
    batches.calls[0]?.resolve([first])
    await settle()
    expect(batches.calls).toHaveLength(2)
    batches.calls[1]?.resolve(['two'])
    await settle()
    expect(caller.value).toBe('two')
  })

  it('lets the callers go on while others of the batch are open: their key is free', async () => {
    const { batches, batcher } = setUp({ concurrency: 2 })
    const [first] = processEach(batcher, [{ id: 1 }, { id: 2 }])
    await settle()
    batches.calls[0]?.resolve(['one', new Promise<never>(() => {})])
    await settle()
    expect(first?.value).toBe('one')
    const [second] = processEach(batcher, [{ id: 1 }])
    await settle()
    expect(batches.items[1]).toEqual([{ id: 1 }])
    batches.calls[1]?.resolve(['one again'])
    await settle()
    expect(second?.value).toBe('one again')
    batcher.abort()
  })

  const object = {}
  it.each<[string, unknown, unknown, boolean]>([
    ['NaN and NaN', Number.NaN, Number.NaN, true],
    ['0 and -0', 0, -0, true],
    ['undefined and undefined', undefined, undefined, true],
    ['an object and itself', object, object, true],
    ['two objects', {}, {}, false],
    ['1 and "1"', 1, '1', false],
    ['null and undefined', null, undefined, false],
    ['"__proto__" and "constructor"', '__proto__', 'constructor', false],
  ])('compares keys as a Map does: %s', async (_, left, right, equal) => {
    const { batches, batcher } = setUp()
    processEach(batcher, [{ id: left }, { id: right }])
    await settle()
    expect(batches.items[0]).toHaveLength(equal ? 1 : 2)
    batcher.abort()
  })

  it('works within a batch key', async () => {
    const batchKey = (row: Row) => row.from
    const { batches, batcher } = setUp({ batchKey, concurrency: 2 })
    const callers = processEach(batcher, [
      { id: 1, from: 'a' },
      { id: 1, from: 'b' },
      { id: 1, from: 'a' },
    ])
    await settle()
    expect(batches.items).toEqual([[{ id: 1, from: 'a' }], [{ id: 1, from: 'b' }]])
    batches.calls[0]?.resolve(['a1'])
    batches.calls[1]?.resolve(['b1'])
    await settle()
    expect(callers.map((caller) => caller.value)).toEqual(['a1', 'b1', 'a1'])
  })

  it('rejects the caller alone whose key throws, with what it throws', async () => {
    const mine = new Error('no key')
    const { batches, batcher } = setUp({
      dedupeKey: (row) => {
        if (row.id === 2) throw mine
        return row.id
      },
    })
    const callers = processEach(batcher, [{ id: 1 }, { id: 2 }, { id: 3 }])
    await settle()
    expect(callers[1]).toEqual({ status: 'rejected', reason: mine })
    expect(batches.items).toEqual([[{ id: 1 }, { id: 3 }]])
    batcher.abort()
  })

  it('serves processAll() with what its duplicates share', async () => {
    const batcher = new Batcher((rows: Row[]) => rows.map((row) => ({ row })), { dedupeKey })
    const [a, b, again] = await batcher.processAll([{ id: 'a' }, { id: 'b' }, { id: 'a' }])
    expect(a).toEqual({ row: { id: 'a' } })
    expect(b).toEqual({ row: { id: 'b' } })
    expect(again).toBe(a)
  })

  it('does not call for anybody once closed, though the item is in flight', async () => {
    const { batches, batcher } = setUp()
    const [first] = processEach(batcher, [{ id: 1 }])
    await settle()
    const closed = batcher.close()
    expect(await reasonOf(batcher.process({ id: 1 }))).toMatchObject({
      code: 'JITNEY_BATCHER_CLOSED',
    })
    batches.calls[0]?.resolve(['one'])
    await closed
    expect(first?.value).toBe('one')
  })

  it('may be asked for by the batch function itself', async () => {
    let joined: Promise<string> | undefined
    const batcher: Batcher<Row, string> = new Batcher(
      async (rows: Row[]): Promise<string[]> => {
        joined = batcher.process({ id: 1 })
        await null
        return rows.map(() => 'one')
      },
      { dedupeKey },
    )
    expect(await batcher.process({ id: 1 })).toBe('one')
    expect(await joined).toBe('one')
    expect(batcher.stats().batches).toBe(1)
  })

  it('still lets callers join an item when one with another key has ended', async () => {
    const { batches, batcher } = setUp({ concurrency: 2, maxBatchSize: 1 })
    const callers = processEach(batcher, [{ id: 1 }, { id: 2 }])
    await settle()
    batches.calls[0]?.resolve(['one'])
    await settle()
    callers.push(...processEach(batcher, [{ id: 2 }]))
    batches.calls[1]?.resolve(['two'])
    await settle()
    expect(callers.map(({ value }) => value)).toEqual(['one', 'two', 'two'])
    expect(batches.calls).toHaveLength(2)
  })
})

describe('an error of an item that several callers joined', () => {
  const bad = new Error('bad')
  it.each<[string, () => Error | ReturnType<typeof outcome.error> | Promise<never>]>([
    ['returned', () => bad],
    ['an outcome', () => outcome.error(bad)],
    ['a rejection', () => Promise.reject(bad)],
  ])('is wrapped for each of them (%s)', async (_, make) => {
    const { batches, batcher } = setUp({ name: 'rows' })
    const callers = processEach(batcher, [{ id: 1 }, { id: 2 }, { id: 1 }])
    await settle()
    batches.calls[0]?.resolve([make(), 'two'])
    await settle()
    expect(callers[1]?.value).toBe('two')
    const reasons = [callers[0], callers[2]].map((caller) => caller?.reason as BatchError)
    expect(reasons[0]).not.toBe(reasons[1])
    for (const reason of reasons) {
      expect(reason).toBeInstanceOf(BatchError)
      expect(reason.cause).toBe(bad)
      expect(reason.message).toMatch(/^Cannot process .* of 'rows': bad$/)
    }
    Object.assign(reasons[0] as object, { decorated: true })
    expect(reasons[1]).not.toHaveProperty('decorated')
    expect(batcher.stats()).toMatchObject({ fulfilled: 1, rejected: 2, items: 2 })
  })

  it('is the very object for one who is alone', async () => {
    const { batches, batcher } = setUp()
    const [alone, other] = processEach(batcher, [{ id: 1 }, { id: 2 }])
    await settle()
    batches.calls[0]?.resolve([bad, 'two'])
    await settle()
    expect(alone?.reason).toBe(bad)
    expect(other?.value).toBe('two')
  })

  it('is the very object for one who is left alone by those that joined', async () => {
    const { batches, batcher } = setUp()
    const controller = new AbortController()
    const { signal } = controller
    const left = observe(batcher.process({ id: 1 }, { signal }))
    const stayed = observe(batcher.process({ id: 1 }))
    await settle()
    controller.abort('gone')
    batches.calls[0]?.resolve([bad])
    await settle()
    expect(left.reason).toBe('gone')
    expect(stayed.reason).toBe(bad)
  })

  it('of the whole batch is a BatchError of its own for each, with the failure itself', async () => {
    const { batches, batcher } = setUp()
    const callers = processEach(batcher, [{ id: 1 }, { id: 1 }, { id: 2 }])
    await settle()
    batches.calls[0]?.reject(bad)
    await settle()
    expect(new Set(callers.map((caller) => caller.reason)).size).toBe(3)
    expect(callers.map((caller) => caller.reason)).toMatchObject(
      range(3).map(() => ({
        name: 'BatchError',
        message: 'Cannot process batch of 2: bad',
        cause: bad,
      })),
    )
    expect(batcher.stats()).toMatchObject({ rejected: 3, items: 2 })
  })

  it('of a timeout is one of its own for each', async () => {
    const { clock, batcher } = setUp({ timeout: 10 })
    const callers = processEach(batcher, [{ id: 1 }, { id: 1 }])
    await clock.advance(10)
    expect(callers[0]?.reason).not.toBe(callers[1]?.reason)
    for (const { reason } of callers) expect((reason as Error).name).toBe('BatchTimeoutError')
    const [late] = processEach(batcher, [{ id: 1 }])
    await settle()
    expect(late?.status).toBe('pending')
    expect(batcher.stats()).toMatchObject({ queued: 1, abandoned: 1, rejected: 2 })
    batcher.abort()
  })

  it('of abort() is one of its own for each, and says who had started', async () => {
    const { batches, batcher } = setUp()
    const callers = processEach(batcher, [{ id: 1 }])
    await settle()
    callers.push(...processEach(batcher, [{ id: 2 }, { id: 1 }, { id: 2 }]))
    batcher.abort('over')
    await settle()
    expect(statuses(callers)).toEqual(Array(4).fill('rejected'))
    expect(new Set(callers.map((caller) => caller.reason)).size).toBe(4)
    expect(callers.map((caller) => caller.reason)).toMatchObject(
      [true, false, true, false].map((started) => ({ started, cause: 'over' })),
    )
    expect(batcher.stats()).toMatchObject({ rejected: 4, queued: 0 })
    batches.calls[0]?.resolve(['late'])
    await settle()
    expect(batcher.activeCount).toBe(0)
  })

  it('shows each caller its own call with captureStacks', async () => {
    const { batches, batcher } = setUp({ captureStacks: true })
    async function firstCaller() {
      return await reasonOf(batcher.process({ id: 1 }))
    }
    async function secondCaller() {
      return await reasonOf(batcher.process({ id: 1 }))
    }
    const reasons = Promise.all([firstCaller(), secondCaller()])
    await settle()
    batches.calls[0]?.resolve([bad])
    const [first, second] = (await reasons) as [Error, Error]
    expect(first.stack).toContain('firstCaller')
    expect(first.stack).not.toContain('secondCaller')
    expect(second.stack).toContain('secondCaller')
    expect(second.stack).not.toContain('firstCaller')
  })
})
