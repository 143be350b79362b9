import { Batcher, type Permit, Semaphore } from 'jitney'
import { manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, processEach, reasonOf } from '../support/observe.ts'

function single(concurrency: number | Semaphore) {
  const batches = manualBatches<number, number>()
  const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1, concurrency })
  return { batches, batcher }
}

describe('Batcher.concurrency, changed between a number and a Semaphore', () => {
  it('counts permits for what starts from then on, not for what runs', async () => {
    const semaphore = new Semaphore(2)
    const { batches, batcher } = single(1)
    processEach(batcher, range(5))
    await settle()
    batcher.concurrency = semaphore
    expect(batcher.concurrency).toBe(semaphore)
    await settle()
    expect([batches.calls.length, semaphore.active, batcher.activeCount]).toEqual([3, 2, 3])
    batches.calls[0]?.resolve([0])
    await settle()
    expect([batches.calls.length, semaphore.active]).toEqual([3, 2])
    batches.calls[1]?.resolve([1])
    await settle()
    expect([batches.calls.length, semaphore.active]).toEqual([4, 2])
  })

  it('counts all that run once it is a number, and each gives back the permit that it has', async () => {
    const semaphore = new Semaphore(3)
    const { batches, batcher } = single(semaphore)
    processEach(batcher, range(6))
    await settle()
    expect(semaphore.active).toBe(3)
    batcher.concurrency = 2
    expect(batcher.concurrency).toBe(2)
    await settle()
    expect(batches.calls).toHaveLength(3)
    batches.calls[0]?.resolve([0])
    await settle()
    expect([batches.calls.length, semaphore.active]).toEqual([3, 2])
    batches.calls[1]?.resolve([1])
    await settle()
    expect([batches.calls.length, semaphore.active]).toEqual([4, 1])
    for (const call of batches.calls) call.resolve([0])
    await settle()
    for (const call of batches.calls) call.resolve([0])
    await settle()
    expect([batches.calls.length, batcher.activeCount]).toEqual([6, 0])
    expect([semaphore.active, semaphore.queued]).toEqual([0, 0])
  })

  it('goes there and back while batches run', async () => {
    const semaphore = new Semaphore(1)
    const { batches, batcher } = single(1)
    const callers = processEach(batcher, range(8))
    await settle()
    for (const item of range(8)) {
      batcher.concurrency = item % 2 === 0 ? semaphore : 1
      await settle()
      expect(semaphore.active).toBeLessThanOrEqual(1)
      expect(batcher.activeCount).toBeLessThanOrEqual(2)
      batches.calls[item]?.resolve([item])
      await settle()
    }
    expect(callers.map(({ value }) => value)).toEqual(range(8))
    expect([semaphore.active, semaphore.queued, batcher.activeCount]).toEqual([0, 0, 0])
  })

  it('sends what waits for a permit at once when a number allows it', async () => {
    const semaphore = new Semaphore(1)
    const permit = semaphore.tryAcquire() as Permit
    const { batches, batcher } = single(semaphore)
    processEach(batcher, range(3))
    await settle()
    expect(batches.calls).toHaveLength(0)
    batcher.concurrency = 2
    await settle()
    expect(batches.items).toEqual([[0], [1]])
    permit.release()
    await settle()
    expect([semaphore.active, semaphore.queued, batches.calls.length]).toEqual([0, 0, 2])
  })

  it('sends what waits for a permit of one semaphore when another has one', async () => {
    const semaphores = [new Semaphore(1), new Semaphore(1)]
    const [one, other] = semaphores as [Semaphore, Semaphore]
    const permit = one.tryAcquire() as Permit
    const { batches, batcher } = single(one)
    processEach(batcher, range(2))
    await settle()
    batcher.concurrency = other
    await settle()
    expect([batches.calls.length, other.active]).toEqual([1, 1])
    permit.release()
    await settle()
    expect([batches.calls.length, one.active, one.queued]).toEqual([1, 0, 0])
    batches.calls[0]?.resolve([0])
    await settle()
    batches.calls[1]?.resolve([1])
    await settle()
    expect(semaphores.map(({ active, queued }) => [active, queued])).toEqual([
      [0, 0],
      [0, 0],
    ])
  })

  it('may come back to the semaphore in whose line it still stood', async () => {
    const semaphore = new Semaphore(1)
    const permit = semaphore.tryAcquire() as Permit
    const { batches, batcher } = single(semaphore)
    const callers = processEach(batcher, range(3))
    await settle()
    for (const concurrency of [1, semaphore, 1, semaphore]) batcher.concurrency = concurrency
    await settle()
    const started = batches.calls.length
    permit.release()
    await settle()
    expect(batches.calls).toHaveLength(started + 1)
    for (const index of range(3)) {
      batches.calls[index]?.resolve([index])
      await settle()
      expect(semaphore.active).toBeLessThanOrEqual(1)
    }
    expect(callers.map(({ value }) => value)).toEqual(range(3))
    expect([semaphore.active, semaphore.queued, batcher.activeCount]).toEqual([0, 0, 0])
  })

  it('is undefined for the default again', async () => {
    const semaphore = new Semaphore(0)
    const { batches, batcher } = single(semaphore)
    processEach(batcher, range(2))
    await settle()
    Object.assign(batcher, { concurrency: undefined })
    expect(batcher.concurrency).toBe(1)
    await settle()
    expect(batches.items).toEqual([[0]])
    semaphore.capacity = 5
    await settle()
    expect([semaphore.active, semaphore.queued]).toEqual([0, 0])
  })

  it('keeps what was when what comes is no semaphore, and goes on', async () => {
    const semaphore = new Semaphore(1)
    const { batches, batcher } = single(semaphore)
    const set = (concurrency: unknown) => Object.assign(batcher, { concurrency })
    for (const wrong of [0, null, {}, { acquire: () => {}, capacity: 3 }, [semaphore]]) {
      const error = await reasonOf(Promise.resolve(wrong).then(set))
      expect((error as Error).message).toMatch(/^Cannot set concurrency: 'concurrency' must be /)
    }
    expect(batcher.concurrency).toBe(semaphore)
    const caller = observe(batcher.process(1))
    await settle()
    expect(semaphore.active).toBe(1)
    batches.calls[0]?.resolve([1])
    await settle()
    expect(caller.value).toBe(1)
  })
})
