import { Batcher, BatchTimeoutError, outcome } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { stubJitter } from '../support/jitter.ts'
import { observe, processEach, statuses } from '../support/observe.ts'

const down = new Error('down')

beforeEach(() => {
  stubJitter(0.5)
})

describe('Batcher.timeout with retry', () => {
  it('is not retried by default, though the function fails afterwards', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const options = { timeout: 10, retry: { attempts: 3 }, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    const callers = processEach(batcher, range(2))
    await clock.advance(10)
    for (const { reason } of callers) expect(reason).toBeInstanceOf(BatchTimeoutError)
    expect(batcher.stats()).toMatchObject({ active: 1, abandoned: 1, queued: 0, rejected: 2 })
    batches.calls[0]?.reject(down)
    await clock.advance(1e6)
    expect(batches.calls).toHaveLength(1)
    expect(clock.timerCount).toBe(0)
  })

  it('lets what fails in time be retried, with a limit of its own for each attempt', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const options = { timeout: 10, retry: { attempts: 3 }, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    const [caller] = processEach(batcher, [1])
    await clock.advance(9)
    batches.calls[0]?.reject(down)
    await clock.advance(59)
    expect(batches.calls).toHaveLength(2)
    expect(caller?.status).toBe('pending')
    await clock.advance(1)
    expect(caller?.reason).toMatchObject({ name: 'BatchTimeoutError', timeout: 10 })
  })
})

describe('Batcher.timeout with a retry.when that takes timeouts', () => {
  function setUp(attempts = 3, when: (error: unknown) => boolean = () => true) {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      timeout: 10,
      retry: { attempts, when },
      clock,
    })
    return { clock, batches, batcher }
  }

  it('keeps the callers, tells the function, and retries once that has really ended', async () => {
    const { clock, batches, batcher } = setUp()
    const callers = processEach(batcher, range(2))
    await clock.advance(10)
    const { signal } = batches.calls[0]?.context ?? {}
    expect(signal?.aborted).toBe(true)
    expect(signal?.reason).toBeInstanceOf(BatchTimeoutError)
    expect(statuses(callers)).toEqual(['pending', 'pending'])
    expect(clock.timerCount).toBe(0)
    await clock.advance(1e6)
    expect(batches.calls).toHaveLength(1)
    expect(batcher.stats()).toMatchObject({ active: 1, abandoned: 0, queued: 0, rejected: 0 })
    batches.calls[0]?.reject(signal?.reason)
    await clock.advance(49)
    expect(batcher.stats()).toMatchObject({ active: 0, queued: 2 })
    await clock.advance(1)
    expect(batches.items[1]).toEqual([0, 1])
    expect(batches.calls[1]?.context.signal.aborted).toBe(false)
    batches.calls[1]?.resolve([0, 10])
    await settle()
    expect(callers.map((caller) => caller.value)).toEqual([0, 10])
    expect(clock.timerCount).toBe(0)
  })

  it('asks about the timeout, and not about what the function throws because of it', async () => {
    const { clock, batches, batcher } = setUp(3, (error) => error instanceof BatchTimeoutError)
    const [caller] = processEach(batcher, [1])
    await clock.advance(10)
    batches.calls[0]?.reject(new DOMException('aborted', 'AbortError'))
    await clock.advance(50)
    batches.calls[1]?.resolve([10])
    await settle()
    expect(caller?.value).toBe(10)
  })

  it('delivers good results that come late', async () => {
    const { clock, batches, batcher } = setUp()
    const bad = new Error('bad')
    const callers = [0, 1, 2].map((item) => observe<unknown>(batcher.process(item)))
    await clock.advance(1000)
    batches.calls[0]?.resolve([0, bad, outcome.retry()])
    await settle()
    expect(statuses(callers)).toEqual(['fulfilled', 'rejected', 'pending'])
    expect(callers[1]?.reason).toBe(bad)
    await clock.advance(50)
    expect(batches.items[1]).toEqual([2])
    batches.calls[1]?.resolve([20])
    await settle()
    expect(callers[2]?.value).toBe(20)
  })

  it('takes late results of a wrong shape for what they are', async () => {
    const { clock, batches, batcher } = setUp()
    const callers = processEach(batcher, range(2))
    await clock.advance(10)
    batches.calls[0]?.resolve([1])
    await clock.advance(1e6)
    for (const { reason } of callers) {
      expect(reason).toMatchObject({ name: 'BatchError', cause: { code: 'JITNEY_WRONG_RESULT' } })
    }
    expect(batches.calls).toHaveLength(1)
  })

  it.each([1, 2])('rejects at the timeout of the last of %d attempts', async (attempts) => {
    const { clock, batches, batcher } = setUp(attempts)
    const callers = processEach(batcher, range(2))
    for (const call of range(attempts - 1)) {
      await clock.advance(10)
      batches.calls[call]?.reject(down)
      await clock.advance(50)
    }
    await clock.advance(10)
    expect(new Set(callers.map((caller) => caller.reason)).size).toBe(2)
    for (const { reason } of callers) expect(reason).toBeInstanceOf(BatchTimeoutError)
    expect(batcher.stats()).toMatchObject({ active: 1, abandoned: 1, queued: 0, rejected: 2 })
    batches.calls[attempts - 1]?.reject(down)
    await clock.advance(1e6)
    expect(batches.calls).toHaveLength(attempts)
    expect(clock.timerCount).toBe(0)
  })

  it('rejects those of a batch who have no attempt left, and keeps the others', async () => {
    const { clock, batches, batcher } = setUp(2)
    const [early] = processEach(batcher, [1])
    await settle()
    batches.calls[0]?.reject(down)
    batcher.pause()
    const [late] = processEach(batcher, [2])
    await clock.advance(50)
    batcher.resume()
    await clock.advance(10)
    expect(batches.items[1]).toEqual([1, 2])
    expect(early?.reason).toBeInstanceOf(BatchTimeoutError)
    expect(late?.status).toBe('pending')
    batches.calls[1]?.reject(down)
    await clock.advance(50)
    expect(batches.items[2]).toEqual([2])
    batches.calls[2]?.resolve([20])
    await settle()
    expect(late?.value).toBe(20)
  })

  it('lets a caller leave while the function still runs', async () => {
    const { clock, batches, batcher } = setUp()
    const controllers = range(2).map(() => new AbortController())
    const callers = controllers.map(({ signal }, item) =>
      observe(batcher.process(item, { signal })),
    )
    await clock.advance(10)
    controllers[0]?.abort('gone')
    await settle()
    expect(callers[0]).toEqual({ status: 'rejected', reason: 'gone' })
    expect(batcher.stats()).toMatchObject({ active: 1, abandoned: 0 })
    controllers[1]?.abort('gone too')
    expect(batcher.stats()).toMatchObject({ active: 1, abandoned: 1, aborted: 2 })
    batches.calls[0]?.reject(down)
    await clock.advance(1e6)
    expect(batches.calls).toHaveLength(1)
  })

  it('is ended by abort(), though the function never ends', async () => {
    const { clock, batches, batcher } = setUp()
    const callers = processEach(batcher, range(2))
    await clock.advance(10)
    batcher.abort('over')
    await settle()
    expect(callers.map((caller) => caller.reason)).toMatchObject(
      range(2).map(() => ({ name: 'BatchAbortedError', started: true, cause: 'over' })),
    )
    expect(batches.calls[0]?.context.signal.reason).toBeInstanceOf(BatchTimeoutError)
    expect(batcher.stats()).toMatchObject({ active: 1, abandoned: 1 })
  })

  it('is waited for by close(), and retried without delay', async () => {
    const { clock, batches, batcher } = setUp()
    const [caller] = processEach(batcher, [1])
    await clock.advance(10)
    const closed = observe(batcher.close())
    await clock.advance(1000)
    expect(closed.status).toBe('pending')
    batches.calls[0]?.reject(down)
    await clock.advance(0)
    batches.calls[1]?.resolve([10])
    await settle()
    expect(caller?.value).toBe(10)
    expect(closed.status).toBe('fulfilled')
    expect(clock.timerCount).toBe(0)
  })

  it('is ended by the timeout of close()', async () => {
    const { clock, batcher } = setUp()
    const [caller] = processEach(batcher, [1])
    await clock.advance(10)
    const closed = observe(batcher.close({ timeout: 100 }))
    await clock.advance(100)
    expect(closed.status).toBe('fulfilled')
    expect(caller?.reason).toMatchObject({ name: 'BatchAbortedError', started: true })
    expect(clock.timerCount).toBe(0)
  })

  it('holds the slot until the function ended', async () => {
    const { clock, batches, batcher } = setUp()
    processEach(batcher, [1])
    await clock.advance(10)
    processEach(batcher, [2])
    await clock.advance(1e6)
    expect(batches.calls).toHaveLength(1)
    batches.calls[0]?.reject(down)
    await settle()
    expect(batches.items).toEqual([[1], [2]])
  })

  it('does not keep a when that throws from rejecting the callers', async () => {
    const { clock, batches, batcher } = setUp(3, () => {
      throw new Error('of its own')
    })
    const [caller] = processEach(batcher, [1])
    await clock.advance(10)
    expect(caller?.reason).toBeInstanceOf(BatchTimeoutError)
    batches.calls[0]?.reject(down)
    await clock.advance(1e6)
    expect(batches.calls).toHaveLength(1)
  })
})
