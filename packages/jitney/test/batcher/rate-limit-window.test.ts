import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type BatchContext, Batcher, outcome, RateLimiter, Semaphore } from 'jitney'
import { ManualClock } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { runs } from '../model/runs.ts'
import { range } from '../support/departures.ts'
import { observe, type Observed } from '../support/observe.ts'
import { mostWithin, type Take } from '../support/rates.ts'

const unit = fc.constantFrom('batches' as const, 'items' as const, 'weight' as const)

const anyPlan = fc.record({
  limiters: fc.array(
    fc.record({
      of: unit,
      limit: fc.integer({ min: 4, max: 12 }),
      interval: fc.integer({ min: 1, max: 60 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  batchers: fc.array(
    fc.record({
      // Which of the limiters it has, as bits.
      limits: fc.integer({ min: 1, max: 7 }),
      maxBatchSize: fc.integer({ min: 1, max: 8 }),
      maxQueueTime: fc.constantFrom('adaptive' as const, 0, 5, 40),
      concurrency: fc.constantFrom(1, 2, Infinity, 'shared' as const),
      attempts: fc.integer({ min: 1, max: 3 }),
      splitOnError: fc.boolean(),
      timeout: fc.constantFrom(Infinity, 10),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  runs: fc.array(
    fc.record({
      duration: fc.constantFrom(0, 0, 3, 25),
      end: fc.constantFrom('values', 'values', 'throw', 'retry', 'retry after', 'reject one'),
    }),
    { minLength: 1, maxLength: 20 },
  ),
  steps: fc.array(
    fc.oneof(
      fc.record({
        do: fc.constantFrom('process' as const, 'process and abort' as const),
        batcher: fc.nat({ max: 2 }),
        weight: fc.nat({ max: 4 }),
        count: fc.integer({ min: 1, max: 20 }),
      }),
      fc.record({
        do: fc.constantFrom('advance' as const, 'abort' as const),
        amount: fc.nat({ max: 40 }),
      }),
      fc.record({
        do: fc.constantFrom('take' as const, 'pause' as const, 'resume' as const, 'flush' as const),
        batcher: fc.nat({ max: 2 }),
      }),
    ),
    { maxLength: 40, size: 'max' },
  ),
})

type Plan = typeof anyPlan extends fc.Arbitrary<infer Value> ? Value : never

/** Does what the plan says, and checks that the limits were kept and nothing was left behind. */
async function run(plan: Plan): Promise<void> {
  const clock = new ManualClock()
  const semaphore = new Semaphore(2)
  const limiters = plan.limiters.map((options) => new RateLimiter({ ...options, clock }))
  const takes = limiters.map((): Take[] => [])
  let ran = 0

  const batchers = plan.batchers.map(({ limits, concurrency, attempts, ...options }) => {
    const chosen = range(limiters.length).filter((index) => (limits & (1 << index)) !== 0)
    const work = async (weights: number[], { entries }: BatchContext) => {
      const step = plan.runs[ran % plan.runs.length]
      ran += 1
      const sizes = { batches: 1, items: weights.length, weight: sum(weights) }
      for (const index of chosen) {
        const { of } = limiters[index] as RateLimiter
        takes[index]?.push({ time: clock.now(), weight: sizes[of] })
      }
      if (step?.duration !== 0) await clock.sleep(step?.duration ?? 0)
      if (step?.end === 'throw') throw new Error('down')
      return weights.map((weight, index) => {
        if (step?.end === 'reject one' && index === 0) return new Error('bad')
        if (step?.end === 'retry') return outcome.retry()
        if (step?.end === 'retry after' && entries[index]?.attempt === 1)
          return outcome.retry({ after: 7 })
        return weight
      })
    }
    return new Batcher<number, number>(work, {
      ...options,
      concurrency: concurrency === 'shared' ? semaphore : concurrency,
      retry: { attempts, minDelay: 0 },
      weight: { of: (weight) => weight, max: 10 },
      rateLimit: chosen.map((index) => limiters[index] as RateLimiter),
      clock,
    })
  })

  const controllers: AbortController[] = []
  const callers: Observed<number>[] = []
  const at = <Value>(values: readonly Value[], index: number) =>
    values[index % values.length] as Value
  for (const step of plan.steps) {
    switch (step.do) {
      case 'process':
      case 'process and abort': {
        const controller = new AbortController()
        const signal = step.do === 'process' ? undefined : controller.signal
        controllers.push(controller)
        for (let made = 0; made < step.count; made += 1) {
          callers.push(observe(at(batchers, step.batcher).process(step.weight, { signal })))
        }
        break
      }
      case 'advance':
        await clock.advance(step.amount)
        break
      case 'abort':
        controllers.at(-1 - step.amount)?.abort()
        break
      case 'take': {
        const index = step.batcher % limiters.length
        if (at(limiters, index).tryTake()) takes[index]?.push({ time: clock.now(), weight: 1 })
        break
      }
      case 'pause':
      case 'resume':
        at(batchers, step.batcher)[step.do]()
        break
      case 'flush':
        void at(batchers, step.batcher).flush()
        break
    }
  }
  const closed = observe(Promise.all(batchers.map((batcher) => batcher.close())))
  await clock.advance(1e6)
  assert.equal(closed.status, 'fulfilled', 'close()')
  assert.ok(!callers.some(({ status }) => status === 'pending'), 'every caller is settled')
  for (const [index, { limit, interval, queued, allowance }] of limiters.entries()) {
    assert.ok(mostWithin(interval, takes[index] as Take[]) <= limit, `limit ${index}`)
    assert.deepEqual([queued, allowance], [0, limit], `limiter ${index}`)
  }
  assert.deepEqual([semaphore.active, semaphore.queued, clock.timerCount], [0, 0, 0])
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

describe('Batchers with rateLimits, whatever happens', () => {
  it('keep every limit in every span, settle everybody, and leave nothing behind', async () => {
    await fc.assert(fc.asyncProperty(anyPlan, run), runs(150))
  }, 600_000)
})

describe('Batcher with a rateLimit under saturation', () => {
  const cases = [
    { of: 'batches', limit: 7, maxBatchSize: 3 },
    { of: 'batches', limit: 100, maxBatchSize: 1 },
    { of: 'items', limit: 10, maxBatchSize: 100 },
    { of: 'items', limit: 1000, maxBatchSize: 7 },
    { of: 'items', limit: 1000, maxBatchSize: 1000 },
    { of: 'weight', limit: 1000, maxBatchSize: 50 },
    { of: 'weight', limit: 3000, maxBatchSize: 10_000 },
  ] as const
  const intervals = 20
  const interval = 1000

  /** Always more items than may leave; those of the first interval come one by one. */
  async function saturate(of: RateLimiter['of'], limit: number, maxBatchSize: number) {
    const clock = new ManualClock()
    const rateLimit = new RateLimiter({ limit, interval, of, clock })
    const takes: Take[] = []
    const batcher = new Batcher(
      async (weights: number[]) => {
        const weight = { batches: 1, items: weights.length, weight: sum(weights) }[of]
        takes.push({ time: clock.now(), weight })
        await clock.sleep(1)
        return weights
      },
      { rateLimit, maxBatchSize, weight: { of: (weight) => weight, max: 500 }, clock },
    )
    for (let step = 0; step < 40; step += 1) {
      observe(batcher.process(1 + (step % 3)))
      await clock.advance(interval / 40)
    }
    const enough = of === 'batches' ? limit * maxBatchSize : limit
    for (let item = 0; item < enough * intervals; item += 1) {
      observe(batcher.process(1 + (item % 3)))
    }
    await clock.advance((intervals - 1) * interval)
    return takes
  }

  it.each(cases)(
    'uses at least 99 % of a limit of $limit $of, and no more, in batches of $maxBatchSize',
    async ({ of, limit, maxBatchSize }) => {
      const takes = await saturate(of, limit, maxBatchSize)
      expect(mostWithin(interval, takes)).toBeLessThanOrEqual(limit)
      const used = takes.filter(({ time }) => time >= interval)
      expect(sum(used.map(({ weight }) => weight))).toBeGreaterThanOrEqual(
        0.99 * limit * (intervals - 1),
      )
    },
  )
})
