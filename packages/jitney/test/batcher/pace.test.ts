import { Batcher, type BatcherOptions } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { observe } from '../support/observe.ts'

/** A batcher of two slots that has learned that a call takes 10 ms, whatever is in it. */
async function learned(options?: BatcherOptions<number>) {
  const clock = new ManualClock()
  const batches = manualBatches<number, number>()
  const batcher = new Batcher(batches.batchFunction, { concurrency: 2, clock, ...options })
  for (let batch = 0; batch < 80; batch += 1) {
    const items = [1, 2].slice(0, 1 + (batch % 2))
    for (const item of items) void batcher.process(item)
    await clock.advance(10)
    batches.calls.at(-1)?.resolve(items)
    await settle()
  }
  /** Items of the batches since. */
  const sent = (): (readonly number[])[] => batches.items.slice(80)
  return { clock, batches, batcher, sent }
}

describe("the pace of a Batcher with maxQueueTime 'adaptive'", () => {
  it('lets a batch leave beside another only half a duration after that, with two slots', async () => {
    const { clock, batches, batcher, sent } = await learned()
    void batcher.process(3)
    await settle()
    expect(sent()).toEqual([[3]])
    await clock.advance(1)
    void batcher.process(4)
    await clock.advance(2)
    void batcher.process(5)
    await clock.advance(1.9)
    expect(sent()).toHaveLength(1)
    expect(batcher.stats().pace).toBeCloseTo(5, 1)
    await clock.advance(0.2)
    expect(sent()).toEqual([[3], [4, 5]])
    expect(batches.calls.slice(-2).map(({ context }) => context.reason)).toEqual(['idle', 'slot'])
  })

  it('lets it leave at once when nothing runs any more, and when it is full, flushed or closed', async () => {
    const ends: ((set: Awaited<ReturnType<typeof learned>>) => void)[] = [
      ({ batches }) => batches.calls.at(-1)?.resolve([3]),
      ({ batcher }) => {
        for (const item of [5, 6, 7]) void batcher.process(item)
      },
      ({ batcher }) => void batcher.flush(),
      ({ batcher }) => void batcher.close(),
      ({ batcher }) => {
        batcher.maxQueueTime = 0
      },
    ]
    for (const end of ends) {
      const set = await learned({ maxBatchSize: 4 })
      observe(set.batcher.process(3))
      await settle()
      observe(set.batcher.process(4))
      await settle()
      expect(set.sent()).toHaveLength(1)
      end(set)
      await settle()
      expect(set.sent()[1]?.[0]).toBe(4)
      expect(set.clock.timerCount).toBe(0)
    }
  })

  it('shows what it learned', async () => {
    const { batcher } = await learned()
    const { a, b, pace } = batcher.stats()
    expect(a).toBeCloseTo(10, 1)
    expect(b).toBeCloseTo(0, 1)
    expect(pace).toBe(0)
  })

  it.each([
    ['failed', async ({ batches }) => batches.calls.at(-1)?.reject(new Error('down'))],
    [
      'nobody waited for',
      async ({ batches, controller }) => {
        controller.abort()
        batches.calls.at(-1)?.resolve([3])
      },
    ],
    ['took too long', async ({ clock }) => clock.advance(200)],
  ] as [string, (set: Failing) => Promise<unknown>][])(
    'learns nothing from a batch that %s',
    async (_, end) => {
      const { clock, batcher, batches } = await learned({ timeout: 150 })
      const before = batcher.stats()
      const controller = new AbortController()
      observe(batcher.process(3, { signal: controller.signal }))
      await clock.advance(100)
      await end({ batches, controller, clock })
      await settle()
      batches.calls.at(-1)?.resolve([3])
      await settle()
      expect(batcher.activeCount).toBe(0)
      const { a, b } = batcher.stats()
      expect([a, b]).toEqual([before.a, before.b])
    },
  )
})

interface Failing {
  readonly batches: ReturnType<typeof manualBatches<number, number>>
  readonly controller: AbortController
  readonly clock: ManualClock
}
