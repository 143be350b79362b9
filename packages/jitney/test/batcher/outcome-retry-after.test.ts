import { Batcher, type BatcherOptions, outcome } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { stubJitter } from '../support/jitter.ts'
import { observe, processEach, statuses } from '../support/observe.ts'

beforeEach(() => {
  stubJitter(0.5)
})

function setUp(options: BatcherOptions<number> = {}) {
  const clock = new ManualClock()
  const batches = manualBatches<number, number>()
  return { clock, batches, batcher: new Batcher(batches.batchFunction, { clock, ...options }) }
}

describe('outcome.retry({ after })', () => {
  it.each([
    [0, 50],
    [49.5, 50],
    [50.5, 50.5],
    [75, 75],
    [60_000, 60_000],
    [2 ** 32, 2 ** 32],
    [undefined, 50],
  ])('of %d waits for the longer of that and the jittered delay', async (after, delay) => {
    const { clock, batches, batcher } = setUp({ maxQueueTime: 0 })
    processEach(batcher, [1])
    await clock.advance(0)
    batches.calls[0]?.resolve([outcome.retry({ after })])
    await clock.advance(delay - 0.25)
    expect(batches.calls).toHaveLength(1)
    await clock.advance(0.25)
    expect(batches.calls).toHaveLength(2)
    expect(clock.timerCount).toBe(0)
    batcher.abort()
  })

  it('may be longer than maxDelay', async () => {
    const { clock, batches, batcher } = setUp({ retry: { attempts: 2, maxDelay: 10 } })
    processEach(batcher, [1])
    await settle()
    batches.calls[0]?.resolve([outcome.retry({ after: 1000 })])
    await clock.advance(999)
    expect(batches.calls).toHaveLength(1)
    await clock.advance(1)
    expect(batches.calls).toHaveLength(2)
  })

  it('lets no item of the list go before its own time', async () => {
    const { clock, batches, batcher } = setUp({ maxBatchSize: 3, concurrency: 9 })
    processEach(batcher, range(3))
    await settle()
    const waits = [60, 1000, undefined]
    batches.calls[0]?.resolve(waits.map((after) => outcome.retry({ after })))
    await clock.advance(59)
    expect(batches.items.slice(1).flat()).not.toContain(0)
    await clock.advance(940)
    expect(batches.items.slice(1).flat()).not.toContain(1)
    await clock.advance(1)
    expect(batches.items.slice(1).flat()).toContain(1)
    batcher.abort()
  })

  it('lets no item of the list wait for the time of another', async () => {
    const { clock, batches, batcher } = setUp()
    processEach(batcher, range(3))
    await settle()
    const waits = [1000, 60, undefined]
    batches.calls[0]?.resolve(waits.map((after) => outcome.retry({ after })))
    for (const [wait, item] of [
      [50, 2],
      [10, 1],
      [940, 0],
    ] as const) {
      const calls = batches.calls.length
      await clock.advance(wait - 1)
      expect(batches.calls).toHaveLength(calls)
      await clock.advance(1)
      expect(batches.items[calls]).toEqual([item])
      batches.calls[calls]?.resolve([item])
      await settle()
    }
    expect(batcher.stats()).toMatchObject({ queued: 0, fulfilled: 3 })
    expect(clock.timerCount).toBe(0)
  })

  it('of Infinity waits, without a timer, until it is flushed out by close()', async () => {
    const { clock, batches, batcher } = setUp()
    const [caller] = processEach(batcher, [1])
    await settle()
    batches.calls[0]?.resolve([outcome.retry({ after: Infinity })])
    await clock.advance(1e9)
    expect(batches.calls).toHaveLength(1)
    expect(batcher.queuedCount).toBe(1)
    expect(clock.timerCount).toBe(0)
    const closed = observe(batcher.close())
    await settle()
    batches.calls[1]?.resolve([10])
    await settle()
    expect(caller?.value).toBe(10)
    expect(closed.status).toBe('fulfilled')
  })

  it('of Infinity is ended by the caller and by abort()', async () => {
    const { batches, batcher } = setUp()
    const controller = new AbortController()
    const callers = [
      observe(batcher.process(0, { signal: controller.signal })),
      observe(batcher.process(1)),
    ]
    await settle()
    const forever = outcome.retry({ after: Infinity })
    batches.calls[0]?.resolve([forever, forever])
    await settle()
    controller.abort('gone')
    await settle()
    expect(statuses(callers)).toEqual(['rejected', 'pending'])
    batcher.abort('over')
    await settle()
    expect(callers[1]?.reason).toMatchObject({ started: true, cause: 'over' })
  })

  it('counts as little as any other attempt once they are used up', async () => {
    const { clock, batches, batcher } = setUp({ retry: { attempts: 1 } })
    const [caller] = processEach(batcher, [1])
    await settle()
    batches.calls[0]?.resolve([outcome.retry({ after: 1000 })])
    await settle()
    expect(caller?.reason).toMatchObject({
      message: expect.stringMatching(/not done after 1 attempts?$/) as string,
    })
    expect(clock.timerCount).toBe(0)
  })

  it('holds back nobody else without a rate limit', async () => {
    const { clock, batches, batcher } = setUp()
    processEach(batcher, [1])
    await settle()
    batches.calls[0]?.resolve([outcome.retry({ after: 1000 })])
    await settle()
    processEach(batcher, [2])
    await settle()
    expect(batches.items[1]).toEqual([2])
    expect(clock.now()).toBe(0)
  })
})

describe('arguments of outcome.retry()', () => {
  function thrownBy(call: () => unknown): unknown {
    try {
      call()
    } catch (error) {
      return error
    }
    return undefined
  }

  it.each([undefined, {}, { after: undefined }, { after: 0 }, { after: -0 }, { after: 0.5 }])(
    'may be %j',
    (options) => {
      expect(thrownBy(() => outcome.retry(options))).toBe(undefined)
    },
  )

  it.each<[unknown, string]>([
    [null, 'null'],
    [500, '500'],
    ['500', '"500"'],
    [true, 'true'],
    [[500], 'Array of 1'],
    [() => 500, 'Function of 0'],
    [new Date(500), 'Date'],
  ])('are refused when they are no object of options (%s)', (options, received) => {
    const error = thrownBy(() => outcome.retry(options as never))
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ code: 'JITNEY_WRONG_TYPE' })
    expect((error as Error).message).toMatch(/^Cannot retry/)
    expect((error as Error).message).toContain(`'options' must be an object, received ${received}`)
  })

  it('are refused when one is unknown', () => {
    const error = thrownBy(() => outcome.retry({ afetr: 5 } as never))
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ code: 'JITNEY_UNKNOWN_OPTION' })
    expect((error as Error).message).toContain('\'option\' must be one of after, received "afetr"')
  })

  it.each<[unknown, typeof TypeError | typeof RangeError, string]>([
    ['5', TypeError, '"5"'],
    [null, TypeError, 'null'],
    [true, TypeError, 'true'],
    [5n, TypeError, '5n'],
    [{}, TypeError, 'Object'],
    [[5], TypeError, 'Array of 1'],
    [new Date(5), TypeError, 'Date'],
    [Object(5), TypeError, 'Number'],
    [Number.NaN, RangeError, 'NaN'],
    [-1, RangeError, '-1'],
    [-0.5, RangeError, '-0.5'],
    [-Infinity, RangeError, '-Infinity'],
  ])('are refused when `after` is %s', (after, kind, received) => {
    const error = thrownBy(() => outcome.retry({ after: after as never }))
    expect(error).toBeInstanceOf(kind)
    expect(error).toMatchObject({
      code: kind === TypeError ? 'JITNEY_WRONG_TYPE' : 'JITNEY_OUT_OF_RANGE',
    })
    expect((error as Error).message).toMatch(/^Cannot retry.*: 'after' must be .*of at least 0/)
    expect((error as Error).message).toMatch(RegExp(`, received ${received}$`))
  })

  it('that are refused within the batch function fail the batch with that error', async () => {
    const { clock } = setUp()
    const batcher = new Batcher<number, number>(
      (items) => items.map(() => outcome.retry({ after: Number.NaN })),
      { clock },
    )
    const callers = processEach(batcher, range(2))
    await settle()
    for (const { reason } of callers) {
      expect(reason).toMatchObject({ name: 'BatchError', cause: { name: 'RangeError' } })
    }
  })
})
