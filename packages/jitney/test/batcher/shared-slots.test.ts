import { Batcher, type BatcherOptions, BatchTimeoutError, type Permit, Semaphore } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { departuresOn, range } from '../support/departures.ts'
import { observe, processEach, reasonOf, statuses } from '../support/observe.ts'
import { schedule } from '../support/rates.ts'

/** A batcher whose slots are the semaphore's permits, with batches that the test ends. */
function sharing(semaphore: Semaphore, options?: BatcherOptions<number>) {
  const batches = manualBatches<number, number>()
  const batcher = new Batcher(batches.batchFunction, { concurrency: semaphore, ...options })
  return { batches, batcher }
}

/** All permits there are, in the hands of somebody else. */
function takeAll(semaphore: Semaphore): { release(): void } {
  const permits: (Permit | undefined)[] = []
  while (semaphore.active < semaphore.capacity) permits.push(semaphore.tryAcquire())
  return {
    release: () => {
      for (const permit of permits.splice(0)) permit?.release()
    },
  }
}

describe('Batcher whose concurrency is a Semaphore', () => {
  it('says so, and holds a permit for each batch until its function has ended', async () => {
    const semaphore = new Semaphore(2)
    const { batches, batcher } = sharing(semaphore, { maxBatchSize: 1 })
    expect(batcher.concurrency).toBe(semaphore)
    processEach(batcher, range(3))
    await settle()
    expect(batches.items).toEqual([[0], [1]])
    expect([semaphore.active, batcher.activeCount]).toEqual([2, 2])
    batches.calls[1]?.resolve([1])
    await settle()
    expect(batches.items[2]).toEqual([2])
    expect(semaphore.active).toBe(2)
    for (const call of batches.calls) call.resolve([0])
    await settle()
    expect([semaphore.active, semaphore.queued, batcher.activeCount]).toEqual([0, 0, 0])
  })

  it('shares its places with other batchers and with who acquires directly', async () => {
    const semaphore = new Semaphore(3)
    const [one, other] = [sharing(semaphore), sharing(semaphore)]
    const permit = await semaphore.acquire()
    processEach(one.batcher, [0])
    processEach(other.batcher, [0])
    await settle()
    expect(semaphore.active).toBe(3)
    processEach(one.batcher, [1])
    processEach(other.batcher, [1])
    await settle()
    expect([one.batches.calls.length, other.batches.calls.length]).toEqual([1, 1])
    permit.release()
    await settle()
    expect([one.batches.calls.length, other.batches.calls.length]).toEqual([2, 1])
    one.batches.calls[0]?.resolve([0])
    await settle()
    expect(other.batches.items).toEqual([[0], [1]])
    for (const { calls } of [one.batches, other.batches])
      for (const call of calls) call.resolve([0])
    await settle()
    expect([semaphore.active, semaphore.queued]).toEqual([0, 0])
  })

  it('lets the batch that waits for a permit grow until it gets one', async () => {
    const semaphore = new Semaphore(1)
    const outsider = takeAll(semaphore)
    const { batches, batcher } = sharing(semaphore, { maxBatchSize: 4 })
    for (const item of range(6)) {
      processEach(batcher, [item])
      await settle()
    }
    expect([batcher.queuedCount, batcher.activeCount]).toEqual([6, 0])
    outsider.release()
    await settle()
    expect(batches.items).toEqual([range(4)])
    batches.calls[0]?.resolve(range(4))
    await settle()
    expect(batches.items[1]).toEqual([4, 5])
  })

  it('takes no permit while its batch is not due, and none for the items of a later one', async () => {
    const clock = new ManualClock()
    const semaphore = new Semaphore(5)
    const { batches, batcher } = sharing(semaphore, { maxQueueTime: 100, maxBatchSize: 2, clock })
    processEach(batcher, range(3))
    await clock.advance(99)
    expect(batches.items).toEqual([[0, 1]])
    expect([semaphore.active, semaphore.queued]).toEqual([1, 0])
    await clock.advance(1)
    expect(semaphore.active).toBe(2)
  })

  it.each(['one after another', 'at once'])('is fair: batches alternate (%s)', async (how) => {
    const clock = new ManualClock()
    const semaphore = new Semaphore(1)
    const order: string[] = []
    const batchers = ['a', 'b', 'c'].map(
      (by) =>
        new Batcher(
          async (items: number[]) => {
            order.push(by)
            await clock.sleep(10)
            return items
          },
          { maxBatchSize: 1, concurrency: semaphore, clock },
        ),
    )
    const outsider = takeAll(semaphore)
    for (const batcher of batchers) {
      processEach(batcher, range(20))
      if (how === 'one after another') await clock.advance(1)
    }
    await clock.advance(1)
    outsider.release()
    await clock.advance(600)
    expect(order.join('')).toBe('abc'.repeat(20))
    expect([semaphore.active, semaphore.queued, clock.timerCount]).toEqual([0, 0, 0])
  })

  it('does not overtake who waited for a permit before', async () => {
    const semaphore = new Semaphore(1)
    const { batches, batcher } = sharing(semaphore, { maxBatchSize: 1 })
    processEach(batcher, [0])
    await settle()
    const waiting = observe(semaphore.acquire())
    processEach(batcher, [1, 2])
    await settle()
    batches.calls[0]?.resolve([0])
    await settle()
    expect([waiting.status, batches.calls.length]).toEqual(['fulfilled', 1])
    waiting.value?.release()
    await settle()
    expect(batches.items).toEqual([[0], [1]])
  })

  it('keeps the permit of a function that never ends, and goes on with the others', async () => {
    const clock = new ManualClock()
    const semaphore = new Semaphore(2)
    const { batches, batcher } = sharing(semaphore, { maxBatchSize: 1, timeout: 50, clock })
    const callers = processEach(batcher, range(3))
    await clock.advance(10)
    batches.calls[1]?.resolve([1])
    await clock.advance(40)
    expect(callers[0]?.reason).toBeInstanceOf(BatchTimeoutError)
    expect([semaphore.active, batcher.stats().abandoned]).toEqual([2, 1])
    batches.calls[2]?.resolve([2])
    await clock.advance(1000)
    expect(statuses(callers)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    expect([semaphore.active, semaphore.queued]).toEqual([1, 0])
    batches.calls[0]?.resolve([0])
    await settle()
    expect([semaphore.active, batcher.stats().abandoned]).toEqual([0, 0])
  })

  it.each<[string, (batcher: Batcher<number, number>, caller: AbortController) => unknown]>([
    [
      "the caller's abort",
      (_, caller) => {
        caller.abort()
      },
    ],
    [
      'abort()',
      (batcher) => {
        batcher.abort()
      },
    ],
    ['the timeout of close()', (batcher) => batcher.close({ timeout: 0 })],
  ])('keeps the permit after %s until the function has ended', async (_, giveUp) => {
    const clock = new ManualClock()
    const semaphore = new Semaphore(1)
    const { batches, batcher } = sharing(semaphore, { clock })
    const controller = new AbortController()
    const caller = observe(batcher.process(0, { signal: controller.signal }))
    await clock.advance(0)
    void giveUp(batcher, controller)
    await clock.advance(1)
    expect([caller.status, semaphore.active]).toEqual(['rejected', 1])
    const idle = observe(batcher.onIdle())
    batches.calls[0]?.reject(new Error('aborted'))
    await settle()
    expect([idle.status, semaphore.active, semaphore.queued]).toEqual(['fulfilled', 0, 0])
  })

  it('gives the permit back when all callers left before the function was called', async () => {
    const semaphore = new Semaphore(1)
    const { batches, batcher } = sharing(semaphore, { maxBatchSize: 1 })
    const controller = new AbortController()
    const gone = reasonOf(batcher.process(0, { signal: controller.signal }))
    controller.abort('gone')
    expect(await gone).toBe('gone')
    await settle()
    expect([semaphore.active, semaphore.queued, batches.calls.length]).toEqual([0, 0, 0])
  })

  it('counts retries and halves like any other batch', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const semaphore = new Semaphore(1)
    const batcher = new Batcher(
      async (items: number[], context) => {
        batchFunction(items, context)
        expect(semaphore.active).toBe(1)
        await clock.sleep(10)
        if (items.length > 1) throw new Error('down')
        return items
      },
      { concurrency: semaphore, retry: { attempts: 2, minDelay: 0 }, splitOnError: true, clock },
    )
    const callers = processEach(batcher, [0, 1])
    await clock.advance(100)
    expect(schedule(departures)).toEqual([
      [0, [0, 1]],
      [10, [0, 1]],
      [20, [0]],
      [30, [1]],
    ])
    expect(callers.map(({ value }) => value)).toEqual([0, 1])
    expect([semaphore.active, semaphore.queued, clock.timerCount]).toEqual([0, 0, 0])
  })
})
