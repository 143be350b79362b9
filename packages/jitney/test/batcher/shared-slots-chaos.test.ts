import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Batcher } from 'jitney'
import { ManualClock } from 'jitney/testing'
import { describe, it } from 'vitest'
import { runs } from '../model/runs.ts'
import { CountingSlots } from '../support/counting-slots.ts'
import { range } from '../support/departures.ts'
import { observe, type Observed } from '../support/observe.ts'

const anyPlan = fc.record({
  capacity: fc.nat({ max: 3 }),
  batchers: fc.array(
    fc.record({
      maxBatchSize: fc.integer({ min: 1, max: 4 }),
      maxQueueTime: fc.constantFrom('adaptive' as const, 0, 5, 40),
      attempts: fc.integer({ min: 1, max: 3 }),
      splitOnError: fc.boolean(),
      timeout: fc.constantFrom(Infinity, 10),
      numbered: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  runs: fc.array(
    fc.record({
      duration: fc.constantFrom(0, 0, 3, 25),
      end: fc.constantFrom('values' as const, 'reject' as const, 'throw' as const),
    }),
    { minLength: 1, maxLength: 20 },
  ),
  steps: fc.array(
    fc.record({
      do: fc.constantFrom(
        'process',
        'process',
        'process',
        'abort',
        'advance',
        'advance',
        'outsider',
        'capacity',
        'concurrency',
        'pause',
        'resume',
        'flush',
      ),
      batcher: fc.nat({ max: 2 }),
      amount: fc.nat({ max: 30 }),
    }),
    { maxLength: 60, size: 'max' },
  ),
  end: fc.constantFrom('close' as const, 'abort' as const),
})

type Plan = typeof anyPlan extends fc.Arbitrary<infer Value> ? Value : never

/** Does what the plan says, and checks that everybody was settled and all permits came back. */
async function run(plan: Plan): Promise<void> {
  const clock = new ManualClock()
  const semaphore = new CountingSlots(plan.capacity)
  let ran = 0
  const batchers = plan.batchers.map(({ attempts, numbered, ...options }) => {
    const work = (items: number[]) => {
      const step = plan.runs[ran % plan.runs.length]
      ran += 1
      if (step?.end === 'throw') throw new Error('down')
      if (step?.duration === 0) return items
      return clock.sleep(step?.duration ?? 0).then(() => {
        if (step?.end === 'reject') throw new Error('down')
        return items
      })
    }
    return new Batcher<number, number>(work, {
      ...options,
      concurrency: numbered ? 1 : semaphore,
      retry: { attempts, minDelay: 0 },
      clock,
    })
  })

  const controllers: AbortController[] = []
  const callers: Observed<number>[] = []
  for (const step of plan.steps) {
    const batcher = batchers[step.batcher % batchers.length] as Batcher<number, number>
    switch (step.do) {
      case 'process': {
        const controller = new AbortController()
        controllers.push(controller)
        for (const item of range(step.amount % 8)) {
          callers.push(observe(batcher.process(item, { signal: controller.signal })))
        }
        break
      }
      case 'abort':
        controllers.at(-1 - (step.amount % 5))?.abort()
        break
      case 'advance':
        await clock.advance(step.amount)
        break
      case 'outsider':
        void semaphore.acquire().then(async (permit) => {
          await clock.sleep(step.amount)
          permit.release()
        })
        break
      case 'capacity':
        semaphore.capacity = step.amount % 4
        break
      case 'concurrency':
        batcher.concurrency = step.amount % 2 === 0 ? semaphore : 1
        break
      case 'pause':
      case 'resume':
        batcher[step.do]()
        break
      case 'flush':
        void batcher.flush()
        break
    }
  }
  if (plan.end === 'abort') for (const batcher of batchers) batcher.abort()
  semaphore.capacity = 2
  const ended = observe(Promise.all(batchers.flatMap((one) => [one.close(), one.onIdle()])))
  await clock.advance(1e5)
  assert.equal(ended.status, 'fulfilled', 'close() and onIdle()')
  assert.ok(!callers.some(({ status }) => status === 'pending'), 'every caller is settled')
  assert.deepEqual(new Set(semaphore.releases), new Set(semaphore.releases.map(() => 1)))
  assert.deepEqual([semaphore.active, semaphore.queued, clock.timerCount], [0, 0, 0])
}

describe('Batchers that share a Semaphore, whatever happens', () => {
  it('release every permit exactly once, settle everybody, and leave nothing behind', async () => {
    await fc.assert(fc.asyncProperty(anyPlan, run), runs(200))
  }, 600_000)
})
