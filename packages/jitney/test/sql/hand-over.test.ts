import { describe, expect, it } from 'vitest'

import type { BatcherOptions } from '../../src/batcher/options.ts'
import { sqlBatcher } from '../../src/sql/sql-batcher.ts'

/** A database whose statements are answered when the test says so, and a pool in front of it. */
function pool(options: BatcherOptions<number>) {
  const events: string[] = []
  const answers: (() => void)[] = []
  let active = 0
  let most = 0
  const batcher = sqlBatcher<number, undefined>(
    {
      action: 'store row',
      retry: { attempts: 1, minDelay: 0, maxDelay: 0 },
      idempotent: false,
      prepare: async () => undefined,
      draft() {
        const items: number[] = []
        return {
          add: (item) => items.push(item) > 0,
          async send() {
            // Pools give connections later in the turn.
            await new Promise<void>((resolve) => process.nextTick(resolve))
            events.push(`sent ${items.join(' ')}`)
            most = Math.max(most, (active += 1))
            await new Promise<void>((resolve) => answers.push(resolve))
            active -= 1
            if (items.includes(-1)) throw new Error('bad')
            return undefined
          },
        }
      },
      verdictOn: () => ({ action: 'fail', isDone: 'no' }),
    },
    options,
  )
  const store = async (item: number): Promise<void> => {
    await batcher.process(item).catch(() => undefined)
    events.push(`told ${item}`)
  }
  const answer = async (): Promise<void> => {
    answers.shift()!()
    // Time for all that follows from it.
    await new Promise((resolve) => setImmediate(resolve))
  }
  const begin = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  return { events, batcher, store, answer, begin, mostActive: () => most }
}

describe('a batch that is answered', () => {
  it('lets a full one be sent before its callers go on', async () => {
    const { events, store, answer, begin } = pool({ maxBatchSize: 2 })
    const all = [1, 2, 3, 4].map(store)
    await begin()
    await answer()
    expect(events).toEqual(['sent 1 2', 'sent 3 4', 'told 1', 'told 2'])
    await answer()
    await Promise.all(all)
  })

  it('does so also where its statement failed', async () => {
    const { events, store, answer, begin } = pool({ maxBatchSize: 2 })
    const all = [-1, 2, 3, 4].map(store)
    await begin()
    await answer()
    expect(events).toEqual(['sent -1 2', 'sent 3 4', 'told -1', 'told 2'])
    await answer()
    await Promise.all(all)
  })

  it('lets its callers ride along with one that is not full', async () => {
    const { events, store, answer, begin } = pool({ maxBatchSize: 2 })
    const all = [store(1).then(() => store(4)), store(2), store(3)]
    await begin()
    await answer()
    expect(events).toEqual(['sent 1 2', 'told 1', 'told 2', 'sent 3 4'])
    await answer()
    await Promise.all(all)
  })

  it.each([1, 2, 3])('keeps to a concurrency of %i', async (concurrency) => {
    const { batcher, store, answer, begin, mostActive } = pool({ maxBatchSize: 1, concurrency })
    const all = Array.from({ length: 9 }, (_, item) => store(item))
    await begin()
    for (let count = 0; count < 9; count += 1) await answer()
    await Promise.all(all)
    expect(mostActive()).toBe(concurrency)
    expect(batcher.concurrency).toBe(concurrency)
  })

  it('does so where several are answered in one turn, and keeps to it', async () => {
    const { batcher, events, store, answer, begin, mostActive } = pool({
      maxBatchSize: 1,
      concurrency: 3,
    })
    const all = Array.from({ length: 12 }, (_, item) => store(item))
    await begin()
    const three = (): Promise<unknown> => Promise.all([answer(), answer(), answer()])
    await three()
    expect(events.slice(3)).toEqual(['sent 3', 'sent 4', 'sent 5', 'told 0', 'told 1', 'told 2'])
    for (let count = 0; count < 3; count += 1) await three()
    await Promise.all(all)
    expect(mostActive()).toBe(3)
    expect(batcher.activeCount).toBe(0)
  })
})
