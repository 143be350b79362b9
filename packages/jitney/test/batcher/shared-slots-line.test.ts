import { Batcher, type BatcherOptions, type Permit, Semaphore } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, processEach, statuses } from '../support/observe.ts'

/** A batcher that waits for the one permit, which somebody else has. */
async function waiting(options?: BatcherOptions<number>) {
  const clock = new ManualClock()
  const semaphore = new Semaphore(1)
  const permit = semaphore.tryAcquire() as Permit
  const batches = manualBatches<number, number>()
  const batcher = new Batcher(batches.batchFunction, { concurrency: semaphore, clock, ...options })
  const controller = new AbortController()
  const { signal } = controller
  const callers = range(3).map((item) => observe(batcher.process(item, { signal })))
  await settle()
  return { clock, semaphore, permit, batches, batcher, callers, controller }
}

function expectNothingHeld(semaphore: Semaphore): void {
  expect([semaphore.active, semaphore.queued]).toEqual([0, 0])
}

describe('A batch that waits for a permit of a shared Semaphore', () => {
  it('stands in line once, whatever comes meanwhile', async () => {
    const { semaphore, permit, batches, batcher } = await waiting({ maxBatchSize: 2 })
    for (const item of range(5, 3)) {
      processEach(batcher, [item])
      await settle()
    }
    batcher.maxBatchSize = 3
    batcher.pause()
    batcher.resume()
    await settle()
    expect(semaphore.queued).toBe(1)
    permit.release()
    await settle()
    expect(batches.items).toEqual([[0, 1, 2]])
    expect([semaphore.active, semaphore.queued]).toEqual([1, 1])
  })

  const ends: [string, (given: Awaited<ReturnType<typeof waiting>>) => unknown][] = [
    [
      'its callers abort',
      ({ controller }) => {
        controller.abort()
      },
    ],
    [
      'abort() is called',
      ({ batcher }) => {
        batcher.abort()
      },
    ],
    ['the timeout of close() passes', ({ batcher }) => batcher.close({ timeout: 0 })],
  ]

  it.each(ends)('takes none when %s', async (_, giveUp) => {
    const given = await waiting()
    const { clock, semaphore, permit, batches, callers } = given
    void giveUp(given)
    await clock.advance(1)
    expect(new Set(statuses(callers))).toEqual(new Set(['rejected']))
    permit.release()
    await settle()
    expect([batches.calls.length, clock.timerCount]).toEqual([0, 0])
    expectNothingHeld(semaphore)
  })

  it.each(ends)('leaves the line at once when %s', async (_, giveUp) => {
    const given = await waiting()
    const { clock, semaphore, permit } = given
    void giveUp(given)
    await clock.advance(1)
    expect(semaphore.queued).toBe(0)
    permit.release()
    expect(semaphore.tryAcquire()).toBeDefined()
  })

  it('never keeps a permit that came too late', async () => {
    const { semaphore, permit, batches, controller } = await waiting()
    permit.release()
    controller.abort()
    await settle()
    expect(batches.calls).toHaveLength(0)
    expectNothingHeld(semaphore)
  })

  it('leaves the permit to others while the batcher is paused', async () => {
    const { semaphore, permit, batches, batcher } = await waiting()
    batcher.pause()
    await settle()
    const other = observe(semaphore.acquire())
    permit.release()
    await settle()
    expect([other.status, semaphore.active, batches.calls.length]).toEqual(['fulfilled', 1, 0])
    batcher.resume()
    other.value?.release()
    await settle()
    expect(batches.items).toEqual([range(3)])
    batches.calls[0]?.resolve(range(3))
    await settle()
    expectNothingHeld(semaphore)
  })

  it('leaves the permit to others while a longer maxQueueTime lets it wait for company', async () => {
    const { clock, semaphore, permit, batches, batcher } = await waiting({ maxQueueTime: 0 })
    batcher.maxQueueTime = 100
    permit.release()
    await clock.advance(99)
    expectNothingHeld(semaphore)
    expect(batches.calls).toHaveLength(0)
    await clock.advance(1)
    expect(batches.items).toEqual([range(3)])
  })

  it('is sent by flush() and close() as permits come free', async () => {
    for (const method of ['flush', 'close'] as const) {
      const { semaphore, permit, batches, batcher } = await waiting({ maxBatchSize: 2 })
      batcher.pause()
      const done = observe(batcher[method]())
      await settle()
      expect([done.status, batches.calls.length]).toEqual(['pending', 0])
      permit.release()
      await settle()
      batches.calls[0]?.resolve([0, 1])
      await settle()
      expect(batches.items).toEqual([[0, 1], [2]])
      batches.calls[1]?.resolve([2])
      await settle()
      expect(done.status).toBe('fulfilled')
      expectNothingHeld(semaphore)
    }
  })
})

describe('The capacity of a Semaphore that a Batcher uses', () => {
  it('may be 0: batches wait until it is raised, with no timer', async () => {
    const clock = new ManualClock()
    const semaphore = new Semaphore(0)
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      maxBatchSize: 1,
      maxQueueTime: 10,
      concurrency: semaphore,
      clock,
    })
    const callers = processEach(batcher, range(5))
    await clock.advance(1e6)
    expect([batches.calls.length, batcher.queuedCount, clock.timerCount]).toEqual([0, 5, 0])
    semaphore.capacity = 2
    await settle()
    expect(batches.items).toEqual([[0], [1]])
    semaphore.capacity = Infinity
    await settle()
    expect(batches.items).toEqual([[0], [1], [2], [3], [4]])
    for (const [item, call] of batches.calls.entries()) call.resolve([item])
    await settle()
    expect(callers.map(({ value }) => value)).toEqual(range(5))
    expectNothingHeld(semaphore)
  })

  it('stops nobody when it is lowered, and lets nobody in until fewer run', async () => {
    const semaphore = new Semaphore(4)
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1, concurrency: semaphore })
    processEach(batcher, range(6))
    await settle()
    semaphore.capacity = 2
    for (const [index, running] of [3, 2].entries()) {
      batches.calls[index]?.resolve([index])
      await settle()
      expect([batcher.activeCount, batches.calls.length]).toEqual([running, 4])
    }
    batches.calls[2]?.resolve([2])
    await settle()
    expect([batcher.activeCount, batches.calls.length]).toEqual([2, 5])
    semaphore.capacity = 0
    for (const call of batches.calls) call.resolve([0])
    await settle()
    expect([semaphore.active, batcher.queuedCount]).toEqual([0, 1])
    semaphore.capacity = 1
    await settle()
    expect([semaphore.active, batches.calls.length]).toEqual([1, 6])
    batches.calls[5]?.resolve([5])
    await settle()
    expectNothingHeld(semaphore)
  })
})
