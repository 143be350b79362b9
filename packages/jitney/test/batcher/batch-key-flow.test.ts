import { Batcher, QueueFullError } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { processAbortably, processInTurns } from '../support/callers.ts'
import { observe, processEach, statuses } from '../support/observe.ts'

/** The key of 'a1' is 'a'. */
const batchKey = (item: string) => item[0]

describe('a caller of a Batcher with keys who aborts', () => {
  it('frees a place in its key, which is not full any more', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey,
      maxBatchSize: 2,
      maxQueueTime: Infinity,
    })
    processEach(batcher, ['x1', 'x2', 'a1'])
    const { caller, controller } = processAbortably(batcher, 'a2')
    processEach(batcher, ['b1', 'b2'])
    await settle()
    controller.abort('gone')
    batches.calls[0]?.resolve(['', ''])
    await settle()
    expect(caller.reason).toBe('gone')
    expect(batches.items.slice(1)).toEqual([['b1', 'b2']])
    batches.calls[1]?.resolve(['', ''])
    processEach(batcher, ['a3'])
    await settle()
    expect(batches.items[2]).toEqual(['a1', 'a3'])
  })

  it('moves the timer to the next key', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey, maxQueueTime: 100, clock })
    const first = processAbortably(batcher, 'a1')
    await clock.advance(40)
    const second = processAbortably(batcher, 'b1')
    await clock.advance(40)
    first.controller.abort()
    processEach(batcher, ['c1'])
    await clock.advance(59)
    expect(batches.calls).toHaveLength(0)
    expect(clock.timerCount).toBe(1)
    second.controller.abort()
    await clock.advance(40)
    expect(batches.calls).toHaveLength(0)
    await clock.advance(1)
    expect(batches.items).toEqual([['c1']])
    expect(clock.timerCount).toBe(0)
  })

  it('leaves the callers of other keys alone, also in flight', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey, concurrency: 2 })
    const { controller } = processAbortably(batcher, 'a1')
    const [stayed] = processEach(batcher, ['b1'])
    await settle()
    controller.abort()
    expect(batches.calls.map((call) => call.context.signal.aborted)).toEqual([true, false])
    batches.calls[1]?.resolve(['done'])
    await settle()
    expect(stayed?.value).toBe('done')
  })
})

describe('Batcher.batchKey with a bound', () => {
  it('counts the items of all keys, and sends the oldest key when it is met', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey,
      maxQueueSize: 3,
      maxQueueTime: Infinity,
      concurrency: Infinity,
    })
    processEach(batcher, ['a1', 'b1'])
    await settle()
    expect(batches.calls).toHaveLength(0)
    processEach(batcher, ['c1'])
    await settle()
    expect(batches.items).toEqual([['a1']])
    expect(batches.calls[0]?.context.reason).toBe('size')
    processEach(batcher, ['c2'])
    await settle()
    expect(batches.items[1]).toEqual(['b1'])
    expect(batcher.queuedCount).toBe(2)
  })

  it('refuses an item of any key when the others fill the queue', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey, maxQueueSize: 2 })
    processEach(batcher, ['x1'])
    await settle()
    const callers = processEach(batcher, ['a1', 'b1', 'c1'])
    await settle()
    expect(statuses(callers)).toEqual(['pending', 'pending', 'rejected'])
    expect(callers[2]?.reason).toBeInstanceOf(QueueFullError)
  })

  it('lets those who wait for room in, in the order in which they came, whatever their key', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey,
      maxQueueSize: 2,
      overflow: 'wait',
    })
    const callers = processEach(batcher, ['x1', 'x2', 'a1', 'b1', 'c1', 'a2', 'b2', 'c2'])
    expect(batcher.stats()).toMatchObject({ active: 1, queued: 2, waiting: 4 })
    const expected = [['x1', 'x2'], ['a1'], ['b1'], ['c1'], ['a2'], ['b2'], ['c2']]
    for (const [index, items] of expected.entries()) {
      await settle()
      expect(batches.items[index]).toEqual(items)
      expect(batcher.queuedCount).toBeLessThanOrEqual(2)
      batches.calls[index]?.resolve(items)
    }
    await settle()
    expect(statuses(callers)).toEqual(Array(8).fill('fulfilled'))
  })
})

describe('Batcher.batchKey with flush, pause, close and abort', () => {
  it('flushes every key, each in batches of its own, and no later items', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey,
      maxQueueTime: Infinity,
      concurrency: 2,
    })
    processEach(batcher, ['b1', 'a1', 'c1', 'a2'])
    const flushed = observe(batcher.flush())
    processEach(batcher, ['d1', 'e1'])
    await settle()
    expect(batches.items).toEqual([['b1'], ['a1', 'a2']])
    expect(batches.calls.map((call) => call.context.reason)).toEqual(['flush', 'flush'])
    batches.calls[0]?.resolve([''])
    batches.calls[1]?.resolve(['', ''])
    await settle()
    expect(batches.items.slice(2)).toEqual([['c1']])
    expect(flushed.status).toBe('pending')
    batches.calls[2]?.resolve([''])
    await settle()
    expect(flushed.status).toBe('fulfilled')
    expect(batcher).toMatchObject({ queuedCount: 2, activeCount: 0 })
  })

  it('flushes every key while paused, and takes no later item of them along', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey })
    batcher.pause()
    processEach(batcher, ['a1', 'b1', 'a2'])
    const flushed = observe(batcher.flush())
    await processInTurns(batcher, ['b2', 'a3', 'c1'])
    batches.calls[0]?.resolve(['', ''])
    await settle()
    batches.calls[1]?.resolve([''])
    await settle()
    expect(batches.items).toEqual([['a1', 'a2'], ['b1']])
    expect(flushed.status).toBe('fulfilled')
    expect(batcher.queuedCount).toBe(3)
    batcher.resume()
    await settle()
    expect(batches.items[2]).toEqual(['b2'])
  })

  it('lets a key that is full leave while another is flushed', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey,
      maxBatchSize: 2,
      maxQueueTime: Infinity,
      concurrency: Infinity,
    })
    processEach(batcher, ['a1'])
    void batcher.flush()
    processEach(batcher, ['b1', 'c1', 'c2'])
    await settle()
    expect(batches.items).toEqual([['a1'], ['c1', 'c2']])
    expect(batches.calls.map((call) => call.context.reason)).toEqual(['flush', 'size'])
    expect(batcher.queuedCount).toBe(1)
  })

  it('holds every key back while it is paused', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey,
      maxBatchSize: 2,
      maxQueueTime: 100,
      concurrency: Infinity,
      clock,
    })
    batcher.pause()
    processEach(batcher, ['a1', 'b1', 'b2'])
    await clock.advance(1000)
    expect(batches.calls).toHaveLength(0)
    expect(clock.timerCount).toBe(0)
    batcher.resume()
    await settle()
    expect(batches.items).toHaveLength(2)
    expect(batches.items).toEqual(expect.arrayContaining([['a1'], ['b1', 'b2']]))
  })

  it('sends every key when it closes, the oldest first, also while paused', async () => {
    const sent: string[][] = []
    const batcher = new Batcher(
      (items: string[]) => {
        sent.push([...items])
        return items
      },
      { batchKey, maxBatchSize: 2, maxQueueTime: Infinity },
    )
    batcher.pause()
    await processInTurns(batcher, ['c1', 'a1', 'b1', 'a2', 'a3', 'b2', 'c2'])
    await batcher.close()
    expect(sent).toEqual([['c1', 'c2'], ['a1', 'a2'], ['b1', 'b2'], ['a3']])
    expect(batcher.stats()).toMatchObject({ state: 'closed', fulfilled: 7 })
  })

  it('rejects the callers of every key on abort()', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey })
    const callers = processEach(batcher, ['a1', 'b1', 'c1', 'a2'])
    await settle()
    const idle = observe(batcher.onIdle())
    batcher.abort('over')
    await settle()
    const reasons = callers.map((caller) => caller.reason as { started: boolean; cause: unknown })
    expect(reasons.map(({ started }) => started)).toEqual([true, false, false, true])
    expect(new Set(reasons).size).toBe(4)
    expect(batcher).toMatchObject({ state: 'closed', queuedCount: 0 })
    expect(idle.status).toBe('pending')
    batches.calls[0]?.resolve(['', ''])
    await settle()
    expect(idle.status).toBe('fulfilled')
    expect(batches.calls).toHaveLength(1)
  })

  it('tells the age of the oldest item over all keys', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey,
      maxBatchSize: 2,
      maxQueueTime: Infinity,
      clock,
    })
    for (const item of ['b1', 'a1', 'b2']) {
      processEach(batcher, [item])
      await clock.advance(10)
    }
    expect(batcher.stats()).toMatchObject({ queued: 1, oldestAge: 20, active: 1 })
  })
})
