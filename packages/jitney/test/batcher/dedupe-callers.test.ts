import { getEventListeners } from 'node:events'
import { Batcher, type BatcherOptions } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, type Observed, statuses } from '../support/observe.ts'

/** A batcher that takes all numbers with one remainder for the same, and callers with a signal each. */
function setUp(options: BatcherOptions<number> = {}) {
  const clock = new ManualClock()
  const batches = manualBatches<number, string>()
  const batcher = new Batcher(batches.batchFunction, {
    dedupeKey: (item) => item % 10,
    clock,
    ...options,
  })
  const call = (item: number) => {
    const controller = new AbortController()
    const caller: Observed<string> = observe(batcher.process(item, { signal: controller.signal }))
    return { caller, controller }
  }
  return { clock, batches, batcher, call }
}

describe('a caller who shares a queued item', () => {
  it.each([0, 1, 2])('leaves alone when it aborts (%d of 0, 1, 2)', async (leaver) => {
    const { batches, batcher, call } = setUp()
    const calls = [call(1), call(11), call(21)]
    calls[leaver]?.controller.abort('gone')
    expect(batcher.queuedCount).toBe(1)
    await settle()
    expect(calls[leaver]?.caller).toEqual({ status: 'rejected', reason: 'gone' })
    expect(batches.items).toEqual([[1]])
    batches.calls[0]?.resolve(['one'])
    await settle()
    for (const index of range(3).filter((one) => one !== leaver)) {
      expect(calls[index]?.caller.value).toBe('one')
    }
    expect(batcher.stats()).toMatchObject({ fulfilled: 2, aborted: 1, items: 1 })
  })

  it('takes it along when it is the last', async () => {
    const { batches, batcher, call } = setUp()
    const other = call(2)
    const calls = [call(1), call(11)]
    for (const { controller } of calls) controller.abort('gone')
    expect(batcher.queuedCount).toBe(1)
    await settle()
    expect(batches.items).toEqual([[2]])
    expect(statuses(calls.map(({ caller }) => caller))).toEqual(['rejected', 'rejected'])
    batches.calls[0]?.resolve(['two'])
    await settle()
    expect(other.caller.value).toBe('two')
    expect(batcher.stats()).toMatchObject({ aborted: 2, fulfilled: 1 })
  })

  it('leaves its key to whoever comes after the last has left', async () => {
    const { batches, batcher, call } = setUp()
    const first = call(1)
    first.controller.abort('gone')
    const second = call(11)
    expect(batcher.queuedCount).toBe(1)
    await settle()
    expect(batches.items).toEqual([[11]])
    batches.calls[0]?.resolve(['one'])
    await settle()
    expect(second.caller.value).toBe('one')
  })

  it('does not come in when its signal has aborted before', async () => {
    const { batches, batcher, call } = setUp()
    const first = call(1)
    const late = observe(batcher.process(11, { signal: AbortSignal.abort('before') }))
    await settle()
    expect(late.reason).toBe('before')
    batches.calls[0]?.resolve(['one'])
    await settle()
    expect(first.caller.value).toBe('one')
    expect(batcher.stats().fulfilled).toBe(1)
  })
})

describe('a caller who shares an item in flight', () => {
  it('leaves alone when it aborts, and the item and the batch go on', async () => {
    const { batches, batcher, call } = setUp()
    const calls = [call(1), call(11)]
    await settle()
    const late = call(21)
    const { signal, entries } = batches.calls[0]?.context ?? {}
    for (const { controller } of calls) controller.abort('gone')
    await settle()
    expect(signal?.aborted).toBe(false)
    expect(entries?.[0]?.signal.aborted).toBe(false)
    batches.calls[0]?.resolve(['one'])
    await settle()
    expect(late.caller.value).toBe('one')
    expect(batcher.stats()).toMatchObject({ fulfilled: 1, aborted: 2 })
  })

  it('ends the wait for it when it is the last: the signals of the item and the batch abort', async () => {
    const { batches, batcher, call } = setUp()
    const other = call(2)
    const calls = [call(1), call(11)]
    await settle()
    const { signal, entries } = batches.calls[0]?.context ?? {}
    const ofItem = entries?.[1]?.signal
    calls[0]?.controller.abort()
    expect(ofItem?.aborted).toBe(false)
    calls[1]?.controller.abort()
    expect(ofItem?.aborted).toBe(true)
    expect(signal?.aborted).toBe(false)
    other.controller.abort()
    expect(signal?.aborted).toBe(true)
    expect(batcher.stats()).toMatchObject({ abandoned: 1, aborted: 3 })
  })

  it('as the last leaves it to nobody: whoever comes then has it sent anew', async () => {
    const { batches, batcher, call } = setUp({ concurrency: 2 })
    const other = call(2)
    const first = call(1)
    await settle()
    first.controller.abort('gone')
    const late = call(11)
    await settle()
    expect(batches.items).toEqual([[2, 1], [11]])
    batches.calls[0]?.resolve(['two', 'one'])
    await settle()
    expect(late.caller.status).toBe('pending')
    batches.calls[1]?.resolve(['eleven'])
    await settle()
    expect([other.caller.value, late.caller.value]).toEqual(['two', 'eleven'])
    expect(batcher.stats()).toMatchObject({ fulfilled: 2, aborted: 1, items: 3 })
  })

  it('and one who came anew are told apart to the end', async () => {
    const { batches, call } = setUp({ concurrency: 3 })
    const first = call(1)
    await settle()
    first.controller.abort('gone')
    const second = call(11)
    await settle()
    batches.calls[0]?.resolve(['old'])
    await settle()
    const third = call(21)
    await settle()
    expect(batches.items).toEqual([[1], [11]])
    batches.calls[1]?.resolve(['new'])
    await settle()
    expect([second.caller.value, third.caller.value]).toEqual(['new', 'new'])
  })
})

describe('callers who share an item and a signal', () => {
  it('leave together, and no listener stays', async () => {
    const { batches, batcher } = setUp()
    const controller = new AbortController()
    const { signal } = controller
    const callers = range(5).map((index) => observe(batcher.process(1 + 10 * index, { signal })))
    const stayed = observe(batcher.process(2, { signal: new AbortController().signal }))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await settle()
    controller.abort('gone')
    await settle()
    expect(callers).toEqual(range(5).map(() => ({ status: 'rejected', reason: 'gone' })))
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    batches.calls[0]?.resolve(['one', 'two'])
    await settle()
    expect(stayed.value).toBe('two')
  })

  it('leave no listener when they are served', async () => {
    const { batches, batcher } = setUp()
    const signals = range(3).map(() => new AbortController().signal)
    for (const [index, signal] of signals.entries()) {
      observe(batcher.process(1 + 10 * index, { signal }))
    }
    await settle()
    batches.calls[0]?.resolve(['one'])
    await settle()
    for (const signal of signals) expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})

describe('the bounds of a batcher with shared items', () => {
  it('count each item once, and refuse nobody who joins', async () => {
    const { batches, batcher, call } = setUp({ maxQueueSize: 2 })
    batcher.pause()
    const calls = [call(1), call(2), call(11), call(3), call(12), call(21)]
    await settle()
    expect(statuses(calls.map(({ caller }) => caller))).toEqual([
      'pending',
      'pending',
      'pending',
      'rejected',
      'pending',
      'pending',
    ])
    expect(batcher.stats()).toMatchObject({ queued: 2, refused: 1 })
    batcher.resume()
    await settle()
    expect(batches.items).toEqual([[1, 2]])
  })

  it('do not take those who join for a full batch', async () => {
    const { clock, batches, call } = setUp({ maxBatchSize: 3, maxQueueTime: 100 })
    for (const item of [1, 2, 11, 12, 21]) call(item)
    await settle()
    expect(batches.calls).toHaveLength(0)
    call(3)
    await settle()
    expect(batches.items).toEqual([[1, 2, 3]])
    expect(clock.timerCount).toBe(0)
  })

  it('weigh each item once', async () => {
    const weight = { of: (item: number) => item % 10, max: 10 }
    const { batches, call } = setUp({ weight, maxQueueTime: Infinity })
    for (const item of [4, 14, 24, 5]) call(item)
    await settle()
    expect(batches.calls).toHaveLength(0)
    call(1)
    await settle()
    expect(batches.items).toEqual([[4, 5, 1]])
  })

  it('count the age from the first who came', async () => {
    const { clock, batches, call } = setUp({ maxQueueTime: 100 })
    call(1)
    await clock.advance(60)
    call(11)
    await clock.advance(40)
    expect(batches.items).toEqual([[1]])
    expect(clock.timerCount).toBe(0)
  })

  it('free its place only when the last has left', async () => {
    const { batcher, call } = setUp({ maxQueueSize: 1 })
    batcher.pause()
    const calls = [call(1), call(11)]
    calls[0]?.controller.abort()
    const refused = call(2)
    calls[1]?.controller.abort()
    const taken = call(3)
    await settle()
    expect([refused.caller.status, taken.caller.status]).toEqual(['rejected', 'pending'])
  })

  it('keep the priority of the first who came', async () => {
    const { batches, batcher } = setUp({ maxBatchSize: 1 })
    batcher.pause()
    for (const [item, priority] of [
      [1, 0],
      [2, 1],
      [11, 5],
    ] as const) {
      observe(batcher.process(item, { priority }))
    }
    batcher.resume()
    await settle()
    batches.calls[0]?.resolve(['two'])
    await settle()
    expect(batches.items).toEqual([[2], [1]])
  })
})
