import { Batcher, type BatcherOptions, BatchTimeoutError } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { processEach, statuses } from '../support/observe.ts'
import { rejected, revoked } from '../support/outcomes.ts'
import { poisonedBy } from '../support/poison.ts'
import { eventsDuring } from '../support/process-events.ts'

/** A function that throws this for every batch, and how its callers fared. */
async function failWith(failure: unknown, options: BatcherOptions<number> = {}) {
  const calls: number[][] = []
  const batcher = new Batcher<number, number>(
    async (items) => {
      calls.push([...items])
      return await rejected(failure)
    },
    { splitOnError: true, captureStacks: true, ...options },
  )
  const callers = processEach(batcher, range(4))
  await settle()
  expect(statuses(callers)).toEqual(Array(4).fill('rejected'))
  expect(batcher.stats()).toMatchObject({ queued: 0, active: 0, rejected: 4 })
  return { calls, reasons: callers.map((caller) => caller.reason as Error) }
}

/** An `Error` that throws when it is asked for one of these. */
function hostile(...names: string[]): Error {
  return new Proxy(new Error('hostile'), {
    get(target, key, receiver) {
      if (names.includes(String(key))) throw new Error(`no ${String(key)}`)
      return Reflect.get(target, key, receiver) as unknown
    },
  })
}

describe('Batcher.splitOnError does not divide after', () => {
  it.each<[string, unknown]>([
    ['an AbortError', new DOMException('aborted', 'AbortError')],
    ['a TimeoutError', new DOMException('took too long', 'TimeoutError')],
    ['a BatchTimeoutError of a batcher within', new BatchTimeoutError('took too long')],
    ['an Error that was given the name AbortError', named('AbortError')],
    ['what only has the name TimeoutError', { name: 'TimeoutError' }],
    ['what a signal was aborted with', AbortSignal.abort().reason],
    ['an Error with the status 429', Object.assign(new Error('slow down'), { status: 429 })],
    ['an Error with the statusCode 429', Object.assign(new Error('slow'), { statusCode: 429 })],
    ['what only has the status 429', { status: 429 }],
    ['a Response with the status 429', new Response(null, { status: 429 })],
    ['a frozen one of them', Object.freeze(named('TimeoutError'))],
  ])('%s', async (_, failure) => {
    const { calls, reasons } = await failWith(failure)
    expect(calls).toEqual([range(4)])
    expect(new Set(reasons).size).toBe(4)
    for (const reason of reasons) {
      expect(reason.name).toBe('BatchError')
      expect(reason.message).toMatch(/^Cannot process batch of 4: /)
      expect(reason.cause).toBe(failure)
    }
  })

  it('its own timeout, though the function then throws something else', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { splitOnError: true, timeout: 10, clock })
    const callers = processEach(batcher, range(4))
    await clock.advance(10)
    for (const { reason } of callers) expect(reason).toBeInstanceOf(BatchTimeoutError)
    batches.calls[0]?.reject(new Error('down'))
    await clock.advance(1e6)
    expect(batches.calls).toHaveLength(1)
    expect(batcher.stats()).toMatchObject({ queued: 0, active: 0, rejected: 4 })
  })

  it('its own timeout, when that was retried until no attempt was left', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const retry = { attempts: 2, minDelay: 0, when: () => true }
    const options = { splitOnError: true, timeout: 10, retry, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    const callers = processEach(batcher, range(4))
    for (const call of range(2)) {
      await clock.advance(10)
      batches.calls[call]?.reject(new Error('down'))
    }
    await clock.advance(1e6)
    expect(batches.items).toEqual(range(2).map(() => range(4)))
    for (const { reason } of callers) expect(reason).toBeInstanceOf(BatchTimeoutError)
  })

  it('the timeout of a half: the other half goes on', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const options = { splitOnError: true, timeout: 10, concurrency: 2, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    const callers = processEach(batcher, range(4))
    await settle()
    batches.calls[0]?.reject(new Error('down'))
    await settle()
    batches.calls[2]?.reject(new Error('down'))
    await clock.advance(10)
    expect(callers.slice(0, 2).map(({ reason }) => (reason as Error).name)).toEqual(
      Array(2).fill('BatchTimeoutError'),
    )
    expect(batches.items.slice(1, 4)).toEqual([[0, 1], [2, 3], [2]])
    batcher.abort()
  })

  it('any of them once the batch was divided: that half is given up', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { splitOnError: true, concurrency: 2 })
    const callers = processEach(batcher, range(4))
    await settle()
    batches.calls[0]?.reject(new Error('down'))
    await settle()
    batches.calls[1]?.reject(Object.assign(new Error('slow down'), { status: 429 }))
    batches.calls[2]?.resolve([20, 30])
    await settle()
    expect(batches.calls).toHaveLength(3)
    expect(callers.map((caller) => caller.value)).toEqual([undefined, undefined, 20, 30])
    expect(callers[0]?.reason).toMatchObject({
      message: 'Cannot process batch of 2: slow down',
    })
  })
})

describe('Batcher.splitOnError divides after', () => {
  it.each<[string, unknown]>([
    ['an Error', new Error('down')],
    ['a frozen Error', Object.freeze(new Error('cold'))],
    ['an Error with another status', Object.assign(new Error('down'), { status: 500 })],
    ['undefined', undefined],
    ['null', null],
    ['0', 0],
    ['429', 429],
    ['an Error with a longer name', named('TimeoutErrorOnce')],
    ['a text', 'AbortError'],
    ['a symbol', Symbol('s')],
    ['an object without a prototype', Object.create(null)],
    ['a function named AbortError in its text only', () => 'AbortError'],
  ])('%s', async (_, failure) => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const { calls, batchFunction } = poisonedBy([2], () => failure)
      const batcher = new Batcher(batchFunction, { splitOnError: true, captureStacks: true })
      const callers = processEach(batcher, range(4))
      await settle()
      expect(statuses(callers)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
      const reason = callers[2]?.reason as Error
      expect(reason.name).toBe('BatchError')
      expect(Object.is(reason.cause, failure)).toBe(true)
      expect(calls).toHaveLength(5)
    })
    expect(unhandled).toEqual([])
  })
})

describe('Batcher.splitOnError settles every caller after', () => {
  it.each<[string, () => unknown]>([
    ['a revoked proxy', revoked],
    ['an Error whose name throws', () => hostile('name')],
    ['an Error whose status throws', () => hostile('status')],
    ['an Error whose statusCode throws', () => hostile('statusCode')],
    ['an Error all of which throws', () => hostile('name', 'status', 'statusCode', 'message')],
  ])('%s', async (_, make) => {
    const failure = make()
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      for (const retry of [undefined, { attempts: 1 }]) {
        const { reasons } = await failWith(failure, { retry })
        for (const reason of reasons) {
          expect(reason.name).toBe('BatchError')
          expect(Object.is(reason.cause, failure)).toBe(true)
        }
      }
    })
    expect(unhandled).toEqual([])
  })
})

function named(name: string): Error {
  return Object.assign(new Error('down'), { name })
}
