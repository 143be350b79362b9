import { Batcher, BatchAbortedError, BatcherClosedError } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, type Observed, processEach, reasonOf, statuses } from '../support/observe.ts'

describe('Batcher.close()', () => {
  it('resolves once what was queued is sent and every caller is settled', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2 })
    const callers = processEach(batcher, range(3))
    await settle()
    const closed = observe(batcher.close())
    expect(batcher.state).toBe('closing')
    await settle()
    expect(closed.status).toBe('pending')
    batches.calls[0]?.resolve([0, 10])
    await settle()
    expect(batches.items).toEqual([[0, 1], [2]])
    expect(closed.status).toBe('pending')
    expect(batcher.state).toBe('closing')
    batches.calls[1]?.resolve([20])
    await settle()
    expect(closed).toEqual({ status: 'fulfilled', value: undefined })
    expect(batcher.state).toBe('closed')
    expect(callers.map((caller) => caller.value)).toEqual([0, 10, 20])
  })

  it('resolves after the callers have heard', async () => {
    const heard: string[] = []
    const batcher = new Batcher((items: string[]) => items)
    const caller = (async () => {
      heard.push(await batcher.process('result'))
      for (let level = 0; level < 10; level += 1) await null
      heard.push('went on')
    })()
    await batcher.close()
    heard.push('closed')
    await caller
    expect(heard).toEqual(['result', 'went on', 'closed'])
  })

  it.each([
    ['a half-full window', { maxQueueTime: 1e6 }],
    ['an endless window', { maxQueueTime: Infinity }],
  ])('sends %s at once, without time passing', async (_, options) => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { ...options, clock })
    processEach(batcher, range(3))
    await settle()
    const closed = observe(batcher.close())
    expect(batcher).toMatchObject({ queuedCount: 0, activeCount: 1 })
    await settle()
    expect(batches.items).toEqual([[0, 1, 2]])
    expect(batches.calls[0]?.context.reason).toBe('close')
    expect(clock.timerCount).toBe(0)
    batches.calls[0]?.resolve(range(3))
    await settle()
    expect(closed.status).toBe('fulfilled')
    expect(clock.now()).toBe(0)
  })

  it('overrides a pause', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    batcher.pause()
    processEach(batcher, [1])
    const closed = observe(batcher.close())
    await settle()
    expect(batches.items).toEqual([[1]])
    batches.calls[0]?.resolve([1])
    await settle()
    expect(closed.status).toBe('fulfilled')
  })

  it('resolves at once when nothing was ever processed, or nothing is left', async () => {
    const clock = new ManualClock()
    const unused = new Batcher((items: number[]) => items, { clock })
    const closed = observe(unused.close({ timeout: 1000 }))
    expect(unused.state).toBe('closed')
    await settle()
    expect(closed.status).toBe('fulfilled')
    expect(clock.timerCount).toBe(0)

    const used = new Batcher((items: number[]) => items)
    await used.process(1)
    await used.close()
    expect(used.state).toBe('closed')
  })

  it('refuses new items while it drains and afterwards, with an error that says so', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { name: 'rows' })
    processEach(batcher, [1])
    const closed = batcher.close()
    const during = await reasonOf(batcher.process(2))
    expect(batcher.queuedCount + batcher.activeCount).toBe(1)
    await settle()
    batches.calls[0]?.resolve([1])
    await closed
    const after = await reasonOf(batcher.process(3))
    for (const reason of [during, after]) {
      expect(reason).toBeInstanceOf(BatcherClosedError)
      expect(reason).toMatchObject({
        name: 'BatcherClosedError',
        code: 'JITNEY_BATCHER_CLOSED',
        started: false,
      })
      expect((reason as Error).message).toMatch(/^Cannot process item of 'rows': .*clos/)
    }
    expect(await reasonOf(batcher.processAll([4, 5]))).toBeInstanceOf(BatcherClosedError)
    expect((await batcher.processAllSettled([6])).map((one) => one.status)).toEqual(['rejected'])
    await settle()
    expect(batches.items).toEqual([[1]])
    expect(batcher.stats()).toMatchObject({ queued: 0, refused: 5 })
  })

  it('does not start again', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    await batcher.close()
    batcher.resume()
    batcher.concurrency = 5
    await batcher.flush()
    expect(await reasonOf(batcher.process(1))).toBeInstanceOf(BatcherClosedError)
    expect(batcher.state).toBe('closed')
    expect(batches.calls).toHaveLength(0)
  })

  it('gives all who call it the same end', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    processEach(batcher, [1])
    const closes = [observe(batcher.close()), observe(batcher.close()), observe(batcher.close())]
    await settle()
    expect(statuses(closes)).toEqual(Array(3).fill('pending'))
    batches.calls[0]?.resolve([1])
    await settle()
    expect(statuses(closes)).toEqual(Array(3).fill('fulfilled'))
    const late = observe(batcher.close())
    await settle()
    expect(late.status).toBe('fulfilled')
  })

  it('does not wait for a function whose callers all left', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const controller = new AbortController()
    observe(batcher.process(1, { signal: controller.signal }))
    await settle()
    const closed = observe(batcher.close())
    const idle = observe(batcher.onIdle())
    await settle()
    controller.abort()
    await settle()
    expect([closed.status, idle.status]).toEqual(['fulfilled', 'pending'])
    expect(batcher.stats()).toMatchObject({ state: 'closed', active: 1, abandoned: 1 })
    batches.calls[0]?.resolve([1])
    await settle()
    expect(idle.status).toBe('fulfilled')
  })

  it('is what async disposal does', async () => {
    const batches = manualBatches<number, number>()
    let caller: Observed<number> | undefined
    const scope = (async () => {
      await using batcher = new Batcher(batches.batchFunction, { maxQueueTime: Infinity })
      caller = observe(batcher.process(1))
    })()
    const left = observe(scope)
    await settle()
    expect(batches.items).toEqual([[1]])
    expect(left.status).toBe('pending')
    batches.calls[0]?.resolve([10])
    await scope
    expect(caller?.value).toBe(10)
  })
})

describe('Batcher.close() with a timeout', () => {
  it('aborts who is left when the time is over, and says who had started', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2, clock, name: 'rows' })
    const callers = processEach(batcher, range(3))
    await settle()
    const closed = observe(batcher.close({ timeout: 100 }))
    await clock.advance(99)
    expect(closed.status).toBe('pending')
    expect(batches.calls[0]?.context.signal.aborted).toBe(false)
    await clock.advance(1)
    expect(closed.status).toBe('fulfilled')
    expect(batcher.state).toBe('closed')
    expect(statuses(callers)).toEqual(Array(3).fill('rejected'))
    for (const { reason } of callers) {
      expect(reason).toBeInstanceOf(BatchAbortedError)
      expect(reason).toMatchObject({ cause: { name: 'TimeoutError' } })
      expect((reason as Error).message).toMatch(/^Cannot process item of 'rows': .*too long/)
    }
    expect(callers.map((caller) => (caller.reason as BatchAbortedError).started)).toEqual([
      true,
      true,
      false,
    ])
    const { signal } = batches.calls[0]?.context ?? {}
    expect(signal?.reason).toMatchObject({ name: 'TimeoutError' })
    expect(batcher.stats()).toMatchObject({ active: 1, abandoned: 1, queued: 0 })
    expect(clock.timerCount).toBe(0)
  })

  it('holds no timer once all are settled in time', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { clock })
    const [caller] = processEach(batcher, [1])
    const closed = observe(batcher.close({ timeout: 100 }))
    await settle()
    expect(clock.timerCount).toBe(1)
    batches.calls[0]?.resolve([10])
    await settle()
    expect(closed.status).toBe('fulfilled')
    expect(clock.timerCount).toBe(0)
    await clock.advance(1000)
    expect(caller?.value).toBe(10)
  })

  it('of 0 gives up as soon as timers run', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { clock })
    const [caller] = processEach(batcher, [1])
    const closed = observe(batcher.close({ timeout: 0 }))
    await clock.advance(0)
    expect([closed.status, caller?.status]).toEqual(['fulfilled', 'rejected'])
    expect(batcher.state).toBe('closed')
  })

  it.each([
    ['is shortened by a later one', [1000, 300], 300],
    ['is not lengthened by a later one', [300, 1000], 300],
    ['is not lifted by a later one without', [300, undefined], 300],
    ['may come with a later call', [undefined, 300], 300],
    ['that is Infinity is none', [Infinity, 300], 300],
  ])('%s', async (_, timeouts, end) => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { clock })
    const [caller] = processEach(batcher, [1])
    await settle()
    const closes = timeouts.map((timeout) => observe(batcher.close({ timeout })))
    await clock.advance(end - 1)
    expect(statuses(closes)).toEqual(['pending', 'pending'])
    expect(caller?.status).toBe('pending')
    await clock.advance(1)
    expect(statuses(closes)).toEqual(['fulfilled', 'fulfilled'])
    expect(caller?.reason).toBeInstanceOf(BatchAbortedError)
    expect(clock.timerCount).toBe(0)
  })

  it('is measured from its own call', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { clock })
    const [caller] = processEach(batcher, [1])
    void batcher.close({ timeout: 1000 })
    await clock.advance(800)
    void batcher.close({ timeout: 300 })
    await clock.advance(199)
    expect(caller?.status).toBe('pending')
    await clock.advance(1)
    expect(clock.now()).toBe(1000)
    expect(caller?.status).toBe('rejected')
  })

  it('lies beyond what a timer can hold if one asks for it', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { clock })
    const [caller] = processEach(batcher, [1])
    void batcher.close({ timeout: 2 ** 32 })
    await clock.advance(2 ** 32 - 1)
    expect(caller?.status).toBe('pending')
    await clock.advance(1)
    expect(caller?.status).toBe('rejected')
  })

  it('ends at once when abort() comes first', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { clock })
    const [caller] = processEach(batcher, [1])
    const closed = observe(batcher.close({ timeout: 1000 }))
    await settle()
    batcher.abort('now')
    await settle()
    expect(closed.status).toBe('fulfilled')
    expect(caller?.reason).toMatchObject({ cause: 'now' })
    expect(clock.timerCount).toBe(0)
  })

  it('changes nothing when it is wrong: the batcher stays open', async () => {
    const batcher = new Batcher((items: number[]) => items)
    expect(await reasonOf(batcher.close({ timeout: -1 }))).toBeInstanceOf(RangeError)
    expect(batcher.state).toBe('open')
    expect(await batcher.process(1)).toBe(1)
  })
})

describe('Batcher.onIdle()', () => {
  it('resolves at once when nothing is queued or runs', async () => {
    const batcher = new Batcher((items: number[]) => items)
    const fresh = observe(batcher.onIdle())
    await settle()
    expect(fresh.status).toBe('fulfilled')
    await batcher.process(1)
    const again = observe(batcher.onIdle())
    await settle()
    expect(again.status).toBe('fulfilled')
  })

  it('waits for queue and functions, and lets the batcher stay open', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1 })
    processEach(batcher, range(2))
    const idle = [observe(batcher.onIdle()), observe(batcher.onIdle())]
    for (const index of range(2)) {
      await settle()
      expect(statuses(idle)).toEqual(['pending', 'pending'])
      batches.calls[index]?.resolve([index])
    }
    await settle()
    expect(statuses(idle)).toEqual(['fulfilled', 'fulfilled'])
    expect(batcher.state).toBe('open')
  })

  it('resolves when the last one in the queue aborts', async () => {
    const batcher = new Batcher((items: number[]) => items, { maxQueueTime: Infinity })
    const controller = new AbortController()
    observe(batcher.process(1, { signal: controller.signal }))
    const idle = observe(batcher.onIdle())
    await settle()
    expect(idle.status).toBe('pending')
    controller.abort()
    await settle()
    expect(idle.status).toBe('fulfilled')
  })

  it('resolves after the callers have heard', async () => {
    const heard: string[] = []
    const batcher = new Batcher((items: string[]) => items)
    const caller = batcher.process('result').then(async (result) => {
      for (let level = 0; level < 10; level += 1) await null
      heard.push(result)
    })
    await batcher.onIdle()
    heard.push('idle')
    await caller
    expect(heard).toEqual(['result', 'idle'])
  })
})

describe('the end of everything at once', () => {
  it('settles every caller, whatever order aborts, throws, timeouts and closes come in', async () => {
    const ends: ((context: {
      batcher: Batcher<number, number>
      controller: AbortController
      clock: ManualClock
      fail: () => void
    }) => unknown)[] = [
      ({ controller }) => {
        controller.abort('caller')
      },
      ({ fail }) => {
        fail()
      },
      ({ clock }) => clock.advance(50),
      ({ batcher, clock }) => {
        void batcher.close({ timeout: 10 })
        return clock.advance(10)
      },
      ({ batcher }) => {
        batcher.abort('all')
      },
    ]
    const orders = (left: number[]): number[][] =>
      left.length === 0
        ? [[]]
        : left.flatMap((one) =>
            orders(left.filter((other) => other !== one)).map((rest) => [one, ...rest]),
          )
    for (const order of orders(range(ends.length))) {
      const clock = new ManualClock()
      const batches = manualBatches<number, number>()
      const controller = new AbortController()
      const batcher = new Batcher(batches.batchFunction, {
        clock,
        maxBatchSize: 2,
        timeout: 50,
        maxQueueSize: 2,
        overflow: 'wait',
      })
      const callers = range(6).map((item) =>
        observe(batcher.process(item, item % 2 === 0 ? { signal: controller.signal } : {})),
      )
      await settle()
      const fail = () => {
        for (const call of batches.calls) call.reject(new Error('down'))
      }
      for (const end of order) await ends[end]?.({ batcher, controller, clock, fail })
      await settle()
      expect(statuses(callers), `order ${order.join()}`).toEqual(Array(6).fill('rejected'))
      expect(batcher.queuedCount).toBe(0)
      fail()
      await settle()
      expect(batcher.activeCount).toBe(0)
      expect(clock.timerCount).toBe(0)
    }
  })
})
