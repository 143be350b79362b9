import { Batcher, BatchError, type BatcherOptions } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { stubJitter } from '../support/jitter.ts'
import { observe, processEach, statuses } from '../support/observe.ts'

const down = new Error('down')

beforeEach(() => {
  stubJitter(0.5)
})

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
    return { caller: observe(batcher.process(item, { signal: controller.signal })), controller }
  }
  return { clock, batches, batcher, call }
}

describe('an item that waits for room', () => {
  const options = { maxQueueSize: 1, overflow: 'wait' } as const

  it('is joined by whoever brings the same: one comes in, both are served', async () => {
    const { batches, batcher, call } = setUp(options)
    batcher.pause()
    const calls = [call(1), call(2), call(12), call(3), call(22)]
    expect(batcher.stats()).toMatchObject({ queued: 1, waiting: 2, refused: 0 })
    batcher.resume()
    for (const index of range(3)) {
      await settle()
      expect(batches.items[index]).toEqual([index + 1])
      batches.calls[index]?.resolve([`item ${index + 1}`])
    }
    await settle()
    expect(calls.map(({ caller }) => caller.value)).toEqual([
      'item 1',
      'item 2',
      'item 2',
      'item 3',
      'item 2',
    ])
  })

  it('keeps its place when the one who came first leaves', async () => {
    const { batches, batcher, call } = setUp(options)
    batcher.pause()
    const calls = [call(1), call(2), call(12), call(3)]
    calls[1]?.controller.abort('gone')
    await settle()
    expect(calls[1]?.caller.reason).toBe('gone')
    expect(batcher.stats()).toMatchObject({ queued: 1, waiting: 2 })
    batcher.resume()
    await settle()
    batches.calls[0]?.resolve(['item 1'])
    await settle()
    expect(batches.items[1]).toEqual([2])
    batches.calls[1]?.resolve(['item 2'])
    await settle()
    expect(calls[2]?.caller.value).toBe('item 2')
  })

  it('gives its place up when all who share it have left', async () => {
    const { batches, batcher, call } = setUp(options)
    batcher.pause()
    const calls = [call(1), call(2), call(12), call(3)]
    for (const index of [2, 1]) calls[index]?.controller.abort('gone')
    expect(batcher.stats()).toMatchObject({ queued: 1, waiting: 1 })
    batcher.resume()
    await settle()
    batches.calls[0]?.resolve(['item 1'])
    await settle()
    expect(batches.items).toEqual([[1], [3]])
  })

  it('can be left once it has come in, and taken along by the last', async () => {
    const { batches, batcher, call } = setUp(options)
    batcher.pause()
    const calls = [call(1), call(2), call(12), call(3)]
    calls[0]?.controller.abort()
    expect(batcher.stats()).toMatchObject({ queued: 1, waiting: 1 })
    calls[1]?.controller.abort()
    calls[2]?.controller.abort()
    expect(batcher.stats()).toMatchObject({ queued: 1, waiting: 0 })
    batcher.resume()
    await settle()
    expect(batches.items).toEqual([[3]])
  })

  it('is joined in the queue rather than waiting for room', async () => {
    const { batcher, call } = setUp(options)
    batcher.pause()
    for (const item of [1, 11, 21]) call(item)
    expect(batcher.stats()).toMatchObject({ queued: 1, waiting: 0 })
  })
})

describe('an item that waits for another attempt', () => {
  const retry = { attempts: 3 }

  it('is joined, and all get what that gives', async () => {
    const { clock, batches, batcher, call } = setUp({ retry })
    const calls = [call(1)]
    await settle()
    batches.calls[0]?.reject(down)
    await settle()
    calls.push(call(11))
    expect(batcher.queuedCount).toBe(1)
    await clock.advance(49)
    expect(batches.calls).toHaveLength(1)
    await clock.advance(1)
    expect(batches.items[1]).toEqual([1])
    calls.push(call(21))
    batches.calls[1]?.reject(down)
    batcher.pause()
    await clock.advance(100)
    calls.push(call(31))
    batcher.resume()
    await settle()
    batches.calls[2]?.resolve(['one'])
    await settle()
    expect(calls.map(({ caller }) => caller.value)).toEqual(Array(4).fill('one'))
    expect(batcher.stats()).toMatchObject({ batches: 3, items: 3, fulfilled: 4 })
    expect(clock.timerCount).toBe(0)
  })

  it('gives whoever joined its attempts, not new ones', async () => {
    const { clock, batches, call } = setUp({ retry: { attempts: 2 } })
    const calls = [call(1)]
    await settle()
    batches.calls[0]?.reject(down)
    await settle()
    calls.push(call(11))
    await clock.advance(50)
    batches.calls[1]?.reject(down)
    await settle()
    const reasons = calls.map(({ caller }) => caller.reason as BatchError)
    expect(reasons[0]).not.toBe(reasons[1])
    for (const reason of reasons) {
      expect(reason).toBeInstanceOf(BatchError)
      expect(reason.cause).toBe(down)
    }
    expect(clock.timerCount).toBe(0)
  })

  it('waits on while one of its callers stays, and ends with the last', async () => {
    const { clock, batches, batcher, call } = setUp({ retry })
    const calls = [call(1), call(11)]
    await settle()
    batches.calls[0]?.reject(down)
    await settle()
    calls[0]?.controller.abort('gone')
    expect(batcher.queuedCount).toBe(1)
    calls[1]?.controller.abort('gone too')
    expect(batcher.queuedCount).toBe(0)
    expect(clock.timerCount).toBe(0)
    await clock.advance(1e6)
    expect(batches.calls).toHaveLength(1)
    expect(calls.map(({ caller }) => caller.reason)).toEqual(['gone', 'gone too'])
    call(21)
    await settle()
    expect(batches.items[1]).toEqual([21])
    expect(batches.calls[1]?.context.entries[0]?.attempt).toBe(1)
  })

  it('is aborted for each of its callers', async () => {
    const { batches, batcher, call } = setUp({ retry })
    const calls = [call(1), call(11)]
    await settle()
    batches.calls[0]?.reject(down)
    await settle()
    batcher.abort('over')
    await settle()
    expect(calls[0]?.caller.reason).not.toBe(calls[1]?.caller.reason)
    expect(calls.map(({ caller }) => caller.reason)).toMatchObject(
      range(2).map(() => ({ name: 'BatchAbortedError', started: true })),
    )
  })

  it('can be joined while a function that took too long still runs for it', async () => {
    const when = () => true
    const { clock, batches, batcher, call } = setUp({ retry: { attempts: 2, when }, timeout: 10 })
    const calls = [call(1)]
    await clock.advance(10)
    calls.push(call(11))
    expect(batcher.queuedCount).toBe(0)
    batches.calls[0]?.reject(down)
    await clock.advance(50)
    expect(batches.items[1]).toEqual([1])
    batches.calls[1]?.resolve(['one'])
    await settle()
    expect(calls.map(({ caller }) => caller.value)).toEqual(['one', 'one'])
  })
})

describe('an item in a half that waits', () => {
  it('is joined, and rejected for each if it is the one that spoils the batch', async () => {
    const { batches, batcher, call } = setUp({ splitOnError: true })
    const calls = [call(1), call(2)]
    await settle()
    batcher.pause()
    batches.calls[0]?.reject(down)
    await settle()
    calls.push(call(11), call(12))
    expect(batcher.queuedCount).toBe(2)
    batcher.resume()
    await settle()
    batches.calls[1]?.resolve(['one'])
    await settle()
    batches.calls[2]?.reject(down)
    await settle()
    expect(batches.items).toEqual([[1, 2], [1], [2]])
    expect(calls.map(({ caller }) => caller.status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
    ])
    expect(calls[1]?.caller.reason).not.toBe(calls[3]?.caller.reason)
    expect(calls[3]?.caller.reason).toMatchObject({ name: 'BatchError', cause: down })
    expect(batcher.stats()).toMatchObject({ fulfilled: 2, rejected: 2, items: 4, batches: 3 })
  })

  it('is taken out when all who share it have left', async () => {
    const { batches, batcher, call } = setUp({ splitOnError: true })
    const calls = [call(1), call(11), call(2)]
    await settle()
    batcher.pause()
    batches.calls[0]?.reject(down)
    await settle()
    calls[0]?.controller.abort()
    expect(batcher.queuedCount).toBe(2)
    calls[1]?.controller.abort()
    expect(batcher.queuedCount).toBe(1)
    batcher.resume()
    await settle()
    expect(batches.items.slice(1)).toEqual([[2]])
  })
})

describe('flush() and close() of shared items', () => {
  it('wait for all who share them', async () => {
    const { batches, batcher } = setUp({ maxQueueTime: Infinity })
    const callers = processEach(batcher, [1, 11])
    const flushed = observe(batcher.flush())
    await settle()
    callers.push(...processEach(batcher, [21]))
    const closed = observe(batcher.close())
    await settle()
    expect([flushed.status, closed.status]).toEqual(['pending', 'pending'])
    batches.calls[0]?.resolve(['one'])
    await settle()
    expect(statuses(callers)).toEqual(Array(3).fill('fulfilled'))
    expect([flushed.status, closed.status]).toEqual(['fulfilled', 'fulfilled'])
  })

  it('do not wait for one who left', async () => {
    const { batcher, call } = setUp({ maxQueueTime: Infinity })
    batcher.pause()
    const calls = [call(1), call(11)]
    const closed = observe(batcher.flush())
    for (const { controller } of calls) controller.abort()
    await settle()
    expect(closed.status).toBe('fulfilled')
    expect(batcher.queuedCount).toBe(0)
  })
})
