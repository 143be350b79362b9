import { Batcher, BatchAbortedError, BatcherClosedError } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, type Observed, processEach, reasonOf, statuses } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'

describe('Batcher.abort()', () => {
  it('rejects every caller now, says who had started, and aborts the running batches', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      maxBatchSize: 2,
      concurrency: 2,
      name: 'rows',
    })
    const callers = processEach(batcher, range(6))
    await settle()
    const reason = new Error('shutting down')
    batcher.abort(reason)
    expect(batcher.state).toBe('closed')
    expect(batcher.queuedCount).toBe(0)
    await settle()
    const reasons = callers.map((caller) => caller.reason as BatchAbortedError)
    expect(new Set(reasons).size).toBe(6)
    for (const [index, one] of reasons.entries()) {
      expect(one).toBeInstanceOf(BatchAbortedError)
      expect(one).toMatchObject({
        name: 'BatchAbortedError',
        code: 'JITNEY_BATCH_ABORTED',
        started: index < 4,
      })
      expect(one.cause).toBe(reason)
      expect(one.message).toMatch(/^Cannot process item of 'rows': .*shutting down$/)
    }
    for (const { context } of batches.calls) {
      expect(context.signal.aborted).toBe(true)
      expect(context.signal.reason).toBe(reason)
    }
    expect(await reasonOf(batcher.process(9))).toBeInstanceOf(BatcherClosedError)
    expect(batcher.stats()).toMatchObject({ rejected: 6, fulfilled: 0, aborted: 0, refused: 1 })
  })

  it('lets onIdle() wait for the functions, and drops what they return', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1, concurrency: 2 })
    const callers = processEach(batcher, range(3))
    await settle()
    batcher.abort('over')
    const idle = observe(batcher.onIdle())
    const closed = observe(batcher.close())
    await settle()
    expect([idle.status, closed.status]).toEqual(['pending', 'fulfilled'])
    expect(batcher.stats()).toMatchObject({ active: 2, abandoned: 2 })
    batches.calls[0]?.resolve([0])
    await settle()
    expect(idle.status).toBe('pending')
    batches.calls[1]?.reject(new Error('aborted'))
    await settle()
    expect(idle.status).toBe('fulfilled')
    expect(batcher.stats()).toMatchObject({ active: 0, abandoned: 0, fulfilled: 0, rejected: 3 })
    expect(batches.calls).toHaveLength(2)
    expect(statuses(callers)).toEqual(Array(3).fill('rejected'))
  })

  it('of a batch that is cut but not called: not started, and never called', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2 })
    const callers = processEach(batcher, range(2))
    expect(batcher.activeCount).toBe(1)
    batcher.abort('over')
    expect(batcher.stats()).toMatchObject({ active: 1, abandoned: 0 })
    await settle()
    expect(callers.map((caller) => caller.reason)).toMatchObject([
      { started: false, cause: 'over' },
      { started: false, cause: 'over' },
    ])
    expect(batches.calls).toHaveLength(0)
    expect(batcher.stats()).toMatchObject({ active: 0, abandoned: 0, batches: 0 })
  })

  it('works on an unused batcher, twice, and after close()', async () => {
    const unused = new Batcher((items: number[]) => items)
    unused.abort()
    unused.abort('again')
    expect(unused.state).toBe('closed')
    await unused.close()
    await unused.onIdle()

    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const [caller] = processEach(batcher, [1])
    await settle()
    batcher.abort('first')
    batcher.abort('second')
    await settle()
    expect(caller?.reason).toMatchObject({ cause: 'first' })
    expect(batches.calls[0]?.context.signal.reason).toBe('first')
  })

  it.each<[string, unknown]>([
    ['null', null],
    ['0', 0],
    ['an empty string', ''],
    ['false', false],
    ['an Error whose message is no text', Object.assign(new Error('x'), { message: Symbol('s') })],
    ['an object without a prototype', Object.create(null)],
  ])('passes on %s as the reason', async (_, reason) => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1 })
    const callers = processEach(batcher, [1, 2])
    await settle()
    batcher.abort(reason)
    await settle()
    for (const caller of callers) {
      expect(caller.reason).toBeInstanceOf(BatchAbortedError)
      expect((caller.reason as BatchAbortedError).cause).toBe(reason)
    }
    expect(batches.calls[0]?.context.signal.reason).toBe(reason)
  })

  it('gives an AbortError as the cause when no reason is given', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const [caller] = processEach(batcher, [1])
    await settle()
    batcher.abort()
    await settle()
    expect(caller?.reason).toMatchObject({ cause: { name: 'AbortError' } })
    const cause = (caller?.reason as Error | undefined)?.cause
    expect(batches.calls[0]?.context.signal.reason).toBe(cause)
  })

  it('settles a flush', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1 })
    processEach(batcher, [1, 2])
    const flushed = observe(batcher.flush())
    await settle()
    expect(flushed.status).toBe('pending')
    batcher.abort()
    await settle()
    expect(flushed.status).toBe('fulfilled')
  })

  it('leaves no timer behind', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      clock,
      maxQueueTime: 10,
      timeout: 50,
      concurrency: 2,
    })
    processEach(batcher, [1])
    await clock.advance(10)
    processEach(batcher, [2])
    await settle()
    expect(clock.timerCount).toBe(2)
    batcher.abort()
    expect(clock.timerCount).toBe(0)
  })

  it('may be called again, and everything else too, by who listens to the batch', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1, concurrency: 2 })
    const callers = processEach(batcher, range(3))
    await settle()
    const inside: Observed<unknown>[] = []
    for (const { context } of batches.calls) {
      context.signal.addEventListener('abort', () => {
        expect(batcher.state).toBe('closed')
        expect(batcher.queuedCount).toBe(0)
        batcher.abort('inner')
        inside.push(
          observe(batcher.process(9)),
          observe(batcher.close({ timeout: 5 })),
          observe(batcher.flush()),
        )
        batcher.pause()
        batcher.resume()
        batcher.concurrency = 10
      })
    }
    batcher.abort('outer')
    await settle()
    expect(callers.map((caller) => (caller.reason as Error).cause)).toEqual(Array(3).fill('outer'))
    expect(batches.calls.map(({ context }) => context.signal.reason)).toEqual(['outer', 'outer'])
    expect(statuses(inside)).toEqual([
      'rejected',
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ])
    expect(batches.calls).toHaveLength(2)
    for (const call of batches.calls) call.resolve([1])
    await batcher.onIdle()
  })

  it('goes through though a listener throws', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1, concurrency: 2 })
    const callers = processEach(batcher, range(3))
    await settle()
    batches.calls[0]?.context.signal.addEventListener('abort', () => {
      throw new Error('listener')
    })
    const thrown = await eventsDuring('uncaughtException', () => {
      batcher.abort('over')
    })
    expect(thrown).toMatchObject([{ message: 'listener' }])
    expect(statuses(callers)).toEqual(Array(3).fill('rejected'))
    expect(batches.calls[1]?.context.signal.aborted).toBe(true)
  })

  it('by the last caller of a batch, from inside its signal, settles the rest', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2 })
    const controller = new AbortController()
    const { signal } = controller
    const callers = range(5).map((item) => observe(batcher.process(item, { signal })))
    const other = observe(batcher.process(5))
    await settle()
    batches.calls[0]?.context.signal.addEventListener('abort', () => {
      batcher.abort('all')
    })
    controller.abort('mine')
    await settle()
    expect([...callers, other].map((caller) => caller.status)).toEqual(Array(6).fill('rejected'))
    expect(callers[0]?.reason).toBe('mine')
    expect(other.reason).toMatchObject({ cause: 'all', started: false })
    expect(batcher.stats().queued).toBe(0)
  })
})
