import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { predict } from '../../../../examples/slow-model.ts'
import { ExampleItems } from '../../src/tune/example-items.ts'
import { Exploration } from '../../src/tune/exploration.ts'
import { reportOf } from '../../src/tune/findings.ts'
import { ModuleProbe } from '../../src/tune/module-probe.ts'
import type { BatchFunction } from 'jitney'

/** What the example says of itself. */
const truth = { a: 20, b: 1, atOnce: 4 }

describe('jitney tune of the example, on a clock that nobody waits for', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('finds its a and b within 5 percent, and recommends what does most', async () => {
    const exploration = new Exploration({
      probe: new ModuleProbe({
        batchFunction: predict.batchFunction as BatchFunction<unknown, unknown>,
        items: new ExampleItems(predict.examples!),
        timeout: 30_000,
        batchKey: undefined,
        clock: performance,
      }),
      clock: performance,
      signal: new AbortController().signal,
      maxBatchSize: 1024,
      maxConcurrency: 16,
      time: 60_000,
      longestBatch: Infinity,
    })
    const state = { isDone: false }
    const work = exploration.run().finally(() => {
      state.isDone = true
    })
    while (!state.isDone) {
      if (vi.getTimerCount() > 0) await vi.advanceTimersToNextTimerAsync()
      else await setImmediate()
    }
    await work
    const { cost, verdicts, cells } = reportOf(exploration, {
      subject: 'examples/slow-model.ts',
      version: '0',
      isComplete: true,
      goal: { kind: 'throughput' },
      time: 60_000,
      own: undefined,
      notices: [],
    })
    expect(Math.abs(cost!.a - truth.a) / truth.a).toBeLessThan(0.05)
    expect(Math.abs(cost!.b - truth.b) / truth.b).toBeLessThan(0.05)
    const [recommended, defaults] = verdicts
    expect(recommended!.settings.concurrency).toBe(truth.atOnce)
    const most = (1000 * truth.atOnce * 1024) / (truth.a + truth.b * 1024)
    expect(recommended!.itemsPerSecond).toBeGreaterThan(0.95 * most)
    expect(defaults).toMatchObject({
      name: 'defaults',
      settings: { maxBatchSize: 100, concurrency: 1 },
    })
    expect(defaults!.itemsPerSecond).toBeCloseTo(100_000 / 120, -1)
    expect(cells.every(({ failedBatches, failedItems }) => failedBatches + failedItems === 0)).toBe(
      true,
    )
  })
})
