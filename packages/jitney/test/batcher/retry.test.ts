import { Batcher, BatchError, outcome } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { stubJitter } from '../support/jitter.ts'
import { observe, processEach, reasonOf, statuses } from '../support/observe.ts'
import { rejected } from '../support/outcomes.ts'

const down = new Error('down')

beforeEach(() => {
  stubJitter(0.5)
})

describe('Batcher.retry', () => {
  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw down
      },
    ],
    ['rejects', async () => await rejected(down)],
  ])('sends the items of a batch that %s again, together, after a delay', async (_, fail) => {
    const clock = new ManualClock()
    const calls: { at: number; items: number[]; reason: string }[] = []
    const batcher = new Batcher<number, number>(
      (items, { reason }) => {
        calls.push({ at: clock.now(), items: [...items], reason })
        return calls.length === 1 ? (fail() as never) : items.map((item) => item * 10)
      },
      { retry: { attempts: 2 }, clock },
    )
    const callers = processEach(batcher, range(3))
    await clock.advance(49)
    expect(statuses(callers)).toEqual(Array(3).fill('pending'))
    expect(batcher.stats()).toMatchObject({ queued: 3, active: 0, rejected: 0 })
    await clock.advance(1)
    expect(callers.map((caller) => caller.value)).toEqual([0, 10, 20])
    expect(calls).toEqual([
      { at: 0, items: [0, 1, 2], reason: 'idle' },
      { at: 50, items: [0, 1, 2], reason: 'retry' },
    ])
    expect(batcher.stats()).toMatchObject({ batches: 2, items: 6, fulfilled: 3, rejected: 0 })
    expect(clock.timerCount).toBe(0)
  })

  it('gives each caller the last failure when the attempts are used up', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const retry = { attempts: 3 }
    const batcher = new Batcher(batches.batchFunction, { retry, clock, name: 'rows' })
    const callers = processEach(batcher, range(2))
    await settle()
    const failures = ['first', 'second', 'third'].map((message) => new Error(message))
    for (const [index, failure] of failures.entries()) {
      expect(statuses(callers)).toEqual(['pending', 'pending'])
      batches.calls[index]?.reject(failure)
      await clock.advance(1000)
    }
    expect(batches.items).toEqual(range(3).map(() => [0, 1]))
    const reasons = callers.map((caller) => caller.reason as BatchError)
    expect(new Set(reasons).size).toBe(2)
    for (const reason of reasons) {
      expect(reason).toBeInstanceOf(BatchError)
      expect(reason.cause).toBe(failures[2])
      expect(reason.message).toBe("Cannot process batch of 2 of 'rows': third")
    }
    expect(batcher.stats()).toMatchObject({ queued: 0, batches: 3, items: 6, rejected: 2 })
    expect(clock.timerCount).toBe(0)
  })

  it('gives up at once with one attempt', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { retry: { attempts: 1 }, clock })
    const [caller] = processEach(batcher, [1])
    await settle()
    batches.calls[0]?.reject(down)
    await settle()
    expect(caller?.reason).toMatchObject({ name: 'BatchError', cause: down })
    expect(clock.timerCount).toBe(0)
    expect(batches.calls).toHaveLength(1)
  })

  it.each([
    ['with a delay', {}],
    ['without delay', { minDelay: 0 }],
  ])('goes on for ever with endless attempts, %s', async (_, delays) => {
    const clock = new ManualClock()
    let calls = 0
    const batcher = new Batcher<number, number>(
      (items) => {
        calls += 1
        if (calls < 1200) throw down
        return items
      },
      { retry: { attempts: Infinity, ...delays }, clock },
    )
    const [caller] = processEach(batcher, [7])
    await clock.advance(1200 * 30_000)
    expect(calls).toBe(1200)
    expect(caller?.value).toBe(7)
    expect(clock.timerCount).toBe(0)
  })

  it('counts the attempts of each item: who came later has more left', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { retry: { attempts: 2 }, clock })
    const [early] = processEach(batcher, [1])
    await settle()
    batches.calls[0]?.reject(new Error('first'))
    await settle()
    batcher.pause()
    const [late] = processEach(batcher, [2])
    await clock.advance(50)
    batcher.resume()
    await settle()
    expect(batches.items[1]).toEqual([1, 2])
    batches.calls[1]?.reject(down)
    await settle()
    expect(early?.reason).toMatchObject({
      message: 'Cannot process batch of 2: down',
      cause: down,
    })
    expect(late?.status).toBe('pending')
    await clock.advance(50)
    expect(batches.items[2]).toEqual([2])
    batches.calls[2]?.resolve([20])
    await settle()
    expect(late?.value).toBe(20)
  })

  it('begins anew for each call of process()', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { retry: { attempts: 2 }, clock })
    for (const round of [0, 1]) {
      const [caller] = processEach(batcher, [1])
      await settle()
      batches.calls[round * 2]?.reject(down)
      await clock.advance(50)
      batches.calls[round * 2 + 1]?.resolve([10])
      await settle()
      expect(caller?.value).toBe(10)
    }
  })

  it('gives the batch function a signal of its own for each attempt', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const retry = { attempts: 2, when: () => true }
    const batcher = new Batcher(batches.batchFunction, { retry, timeout: 10, clock })
    processEach(batcher, [1])
    await clock.advance(10)
    batches.calls[0]?.reject(down)
    await clock.advance(50)
    const [first, second] = batches.calls.map((call) => call.context.signal)
    expect(first?.aborted).toBe(true)
    expect(second?.aborted).toBe(false)
    batcher.abort()
  })

  it('serves processAll() in the order of its items, whatever came back when', async () => {
    const clock = new ManualClock()
    const seen = new Set<number>()
    const batcher = new Batcher<number, number>(
      (items) => {
        const fresh = items.filter((item) => !seen.has(item))
        for (const item of items) seen.add(item)
        if (fresh.length > 0 && fresh.includes(2)) throw down
        return items.map((item) => item * 10)
      },
      { maxBatchSize: 2, concurrency: 3, retry: { attempts: 2 }, clock },
    )
    const all = observe(batcher.processAll(range(6)))
    await clock.advance(50)
    expect(all.value).toEqual([0, 10, 20, 30, 40, 50])
  })
})

describe('Batcher.retry leaves alone', () => {
  const retry = { attempts: 5, when: () => true }

  it.each<[string, unknown]>([
    ['a wrong length', [1]],
    ['too many results', [1, 2, 3]],
    ['no array', { 0: 1, 1: 2, length: 2 }],
    ['null', null],
    ['a text', 'ab'],
  ])('a batch that returned %s', async (_, returned) => {
    const clock = new ManualClock()
    let calls = 0
    const batcher = new Batcher<number, number>(
      () => {
        calls += 1
        return returned as never
      },
      { retry, splitOnError: true, clock },
    )
    const callers = processEach(batcher, range(2))
    await settle()
    for (const { reason } of callers) {
      expect(reason).toMatchObject({ name: 'BatchError', cause: { code: 'JITNEY_WRONG_RESULT' } })
    }
    await clock.advance(1e6)
    expect(calls).toBe(1)
    expect(clock.timerCount).toBe(0)
  })

  it.each<[string, () => unknown]>([
    ['an Error', () => down],
    ['an outcome of error', () => outcome.error(down)],
    ['a promise that rejects', async () => await rejected(down)],
    ['a promise of an Error', async () => await Promise.resolve(down)],
  ])('an item whose outcome is %s', async (_, make) => {
    const clock = new ManualClock()
    const calls: number[][] = []
    const batcher = new Batcher<number, unknown>(
      (items) => {
        calls.push([...items])
        return [make(), 'good']
      },
      { retry, splitOnError: true, clock },
    )
    const [failed, good] = [observe(batcher.process(1)), observe(batcher.process(2))]
    await clock.advance(1e6)
    expect(failed.reason).toBe(down)
    expect(good.value).toBe('good')
    expect(calls).toEqual([[1, 2]])
  })

  it('a batcher without the option', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { clock })
    const reason = reasonOf(batcher.process(1))
    await settle()
    batches.calls[0]?.reject(down)
    expect(await reason).toMatchObject({ name: 'BatchError', cause: down })
    expect(clock.timerCount).toBe(0)
  })
})
