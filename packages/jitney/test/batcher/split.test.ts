import { Batcher, BatchError } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { stubJitter } from '../support/jitter.ts'
import { observe, processEach, statuses } from '../support/observe.ts'
import { halvesOf, poisonedBy } from '../support/poison.ts'

beforeEach(() => {
  stubJitter(0.5)
})

function sorted(batches: readonly number[][]): string[] {
  return batches.map((items) => items.join()).sort()
}

describe('Batcher.splitOnError', () => {
  it('rejects one that spoils its batch of eight alone, in seven calls', async () => {
    for (const poison of range(8)) {
      const poisoned = new Error('poisoned')
      const { calls, contexts, batchFunction } = poisonedBy([poison], () => poisoned)
      const batcher = new Batcher(batchFunction, { splitOnError: true, maxBatchSize: 8 })
      const callers = processEach(batcher, range(8))
      await settle()
      expect(callers.map((caller) => caller.value)).toEqual(
        range(8).map((item) => (item === poison ? undefined : item * 10)),
      )
      expect(callers[poison]?.reason).toBeInstanceOf(BatchError)
      expect(callers[poison]?.reason).toMatchObject({
        message: 'Cannot process batch of 1: poisoned',
        cause: poisoned,
      })
      expect(calls).toHaveLength(1 + 2 * Math.log2(8))
      expect(sorted(calls)).toEqual(sorted(halvesOf(range(8), [poison])))
      expect(contexts.map(({ reason }) => reason)).toEqual([
        'size',
        ...Array<string>(6).fill('split'),
      ])
      expect(batcher.stats()).toMatchObject({ fulfilled: 7, rejected: 1, batches: 7, items: 22 })
    }
  })

  it.each([1, 2, 3, 4, Infinity])(
    'makes the calls that halving needs and no more, with concurrency %d',
    async (concurrency) => {
      const cases: [number, number[]][] = [
        [100, [0]],
        [100, [49]],
        [100, [50]],
        [100, [99]],
        [100, [3, 77]],
        [100, [10, 11, 12]],
        [7, range(7)],
        [33, range(33)],
        [1, [0]],
        [2, [1]],
        [3, [1]],
        [8, []],
      ]
      for (const [size, poison] of cases) {
        const { calls, batchFunction } = poisonedBy(poison)
        const batcher = new Batcher(batchFunction, { splitOnError: true, concurrency })
        const settled = await batcher.processAllSettled(range(size))
        expect(settled.flatMap((one, item) => (one.status === 'rejected' ? [item] : []))).toEqual(
          poison,
        )
        expect(sorted(calls)).toEqual(sorted(halvesOf(range(size), poison)))
      }
    },
  )

  it('finds exactly those that spoil their batch, whichever and however many they are', async () => {
    const batch = fc.integer({ min: 1, max: 60 }).chain((size) =>
      fc.record({
        size: fc.constant(size),
        poison: fc.uniqueArray(fc.integer({ min: 0, max: size - 1 })),
        concurrency: fc.integer({ min: 1, max: 4 }),
        attempts: fc.integer({ min: 1, max: 3 }),
      }),
    )
    await fc.assert(
      fc.asyncProperty(batch, async ({ size, poison, concurrency, attempts }) => {
        const clock = new ManualClock()
        const { calls, batchFunction } = poisonedBy(poison)
        const options = { splitOnError: true, retry: { attempts }, concurrency, clock }
        const batcher = new Batcher(batchFunction, options)
        const callers = processEach(batcher, range(size))
        await clock.advance(10_000)
        expect(statuses(callers)).toEqual(
          range(size).map((item) => (poison.includes(item) ? 'rejected' : 'fulfilled')),
        )
        const again = poison.length > 0 ? range(attempts - 1).map(() => range(size)) : []
        expect(sorted(calls)).toEqual(sorted([...again, ...halvesOf(range(size), poison)]))
        expect(batcher.stats()).toMatchObject({ queued: 0, active: 0, rejected: poison.length })
        expect(clock.timerCount).toBe(0)
      }),
      { numRuns: 100 },
    )
  })

  it('divides in the middle, the first half the larger one, as the items are', async () => {
    const { calls, batchFunction } = poisonedBy([0])
    const batcher = new Batcher(batchFunction, { splitOnError: true })
    await batcher.processAllSettled(range(5))
    expect(calls.slice(0, 3)).toEqual([range(5), [0, 1, 2], [3, 4]])
    expect(calls).toHaveLength(7)
  })

  it('gives all a BatchError each, with the failure of its own last call, if all spoil', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { splitOnError: true, clock })
    const callers = processEach(batcher, range(3))
    const failures: Error[] = []
    for (let call = 0; call < 5; call += 1) {
      await settle()
      const failure = new Error(`call ${batches.items[call]?.join() ?? 'missing'}`)
      failures.push(failure)
      batches.calls[call]?.reject(failure)
    }
    await settle()
    expect(callers.map((caller) => caller.reason)).toMatchObject(
      range(3).map((item) => ({
        name: 'BatchError',
        message: `Cannot process batch of 1: call ${item}`,
        cause: { message: `call ${item}` },
      })),
    )
    expect(batches.calls).toHaveLength(5)
  })

  it('has no delay and no timer', async () => {
    const clock = new ManualClock()
    const { calls, batchFunction } = poisonedBy([2])
    const batcher = new Batcher(batchFunction, { splitOnError: true, clock })
    const callers = processEach(batcher, range(4))
    await settle()
    expect(calls).toHaveLength(5)
    expect(statuses(callers)).not.toContain('pending')
    expect(clock.now()).toBe(0)
    expect(clock.timerCount).toBe(0)
  })

  it('comes after the attempts of retry, and a half has none of its own', async () => {
    const clock = new ManualClock()
    const { calls, contexts, batchFunction } = poisonedBy([1])
    const options = { splitOnError: true, retry: { attempts: 3 }, clock }
    const batcher = new Batcher(batchFunction, options)
    const callers = processEach(batcher, range(4))
    await clock.advance(1e6)
    expect(calls.slice(0, 3)).toEqual(range(3).map(() => range(4)))
    expect(sorted(calls.slice(2))).toEqual(sorted(halvesOf(range(4), [1])))
    expect(contexts.map(({ reason }) => reason)).toEqual([
      'idle',
      'retry',
      'retry',
      ...Array<string>(4).fill('split'),
    ])
    expect(statuses(callers)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  })

  it('comes at once when retry.when says no', async () => {
    const clock = new ManualClock()
    const { calls, batchFunction } = poisonedBy([1])
    const options = { splitOnError: true, retry: { attempts: 9, when: () => false }, clock }
    const batcher = new Batcher(batchFunction, options)
    const callers = processEach(batcher, range(2))
    await settle()
    expect(calls).toEqual([[0, 1], [0], [1]])
    expect(statuses(callers)).toEqual(['fulfilled', 'rejected'])
    expect(clock.timerCount).toBe(0)
  })

  it('lets those of a batch who have attempts left wait, and divides the others', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const options = { splitOnError: true, retry: { attempts: 2 }, concurrency: 2, clock }
    const batcher = new Batcher(batches.batchFunction, options)
    processEach(batcher, range(2))
    await settle()
    batches.calls[0]?.reject(new Error('down'))
    batcher.pause()
    processEach(batcher, [2, 3])
    await clock.advance(50)
    batcher.resume()
    await settle()
    expect(batches.items[1]).toEqual(range(4))
    batches.calls[1]?.reject(new Error('down'))
    await settle()
    expect(batches.items.slice(2)).toEqual([[0], [1]])
    for (const call of [2, 3]) batches.calls[call]?.resolve([1])
    await clock.advance(50)
    expect(batches.items.slice(4)).toEqual([[2, 3]])
    batcher.abort()
  })

  it('is off by default', async () => {
    const { calls, batchFunction } = poisonedBy([1])
    for (const splitOnError of [undefined, false]) {
      const batcher = new Batcher(batchFunction, { splitOnError })
      const all = observe(batcher.processAllSettled(range(4)))
      await settle()
      expect(all.value?.map(({ status }) => status)).toEqual(Array(4).fill('rejected'))
    }
    expect(calls).toHaveLength(2)
  })
})
