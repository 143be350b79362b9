import assert from 'node:assert/strict'

import fc from 'fast-check'
import { Batcher } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, it } from 'vitest'

import { observe, type Observed } from '../support/observe.ts'
import { type Cut, Lanes, type Limits, type Queued } from './lanes.ts'
import { runs } from './runs.ts'

type Step =
  /** Items of one key come in a turn. */
  | { kind: 'process'; key: unknown; items: { weights: number[]; priority: number }[] }
  | { kind: 'abort'; caller: number }
  | { kind: 'end'; run: number }
  | { kind: 'wait'; duration: number }
  | { kind: 'resize'; maxBatchSize: number }
  | { kind: 'pause' | 'resume' | 'flush' }

const keys = [undefined, 0, '', NaN, 'a']
const quarters = fc.nat(12).map((count) => count / 4)
const anyItem = fc.record({
  weights: fc.tuple(quarters, quarters).map(([left, right]) => [left, right]),
  priority: fc.oneof(
    fc.constant(0),
    fc.constantFrom(-1, -0.25, 0.5, 1, 2, Number.MAX_VALUE, -Number.MAX_VALUE),
  ),
})
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('process' as const),
      key: fc.constantFrom(...keys),
      items: fc.array(anyItem, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('abort' as const), caller: fc.nat(30) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('end' as const), run: fc.nat(2) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      duration: fc.constantFrom(1, 250, 500, 1000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('resize' as const),
      maxBatchSize: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('pause', 'resume', 'resume', 'flush') }),
  },
)
const anyLimits: fc.Arbitrary<Limits> = fc.record({
  maxBatchSize: fc.integer({ min: 1, max: 6 }),
  maxQueueSize: fc.constantFrom(Infinity, 3, 8),
  maxima: fc.constantFrom([], [3], [5, 4]),
})

/** A batcher and the model of it, which do the same. */
class Pair {
  readonly #clock = new ManualClock()
  readonly #batches = manualBatches<Queued, Queued>()
  readonly #batcher: Batcher<Queued, Queued>
  readonly #lanes: Lanes
  readonly #concurrency: number
  readonly #callers: { controller: AbortController; observed: Observed<Queued> }[] = []
  readonly #cuts: Cut[] = []
  readonly #running: number[] = []
  readonly #flushes: Observed<void>[] = []

  constructor(limits: Limits, concurrency: number) {
    this.#lanes = new Lanes({ ...limits })
    this.#concurrency = concurrency
    this.#batcher = new Batcher(this.#batches.batchFunction, {
      clock: this.#clock,
      maxQueueTime: Infinity,
      concurrency,
      maxBatchSize: limits.maxBatchSize,
      maxQueueSize: limits.maxQueueSize,
      weight: limits.maxima.map((max, of) => ({
        of: ({ weights }: Queued) => weights[of] ?? 0,
        max,
      })),
      batchKey: ({ key }) => key,
    })
  }

  async do(step: Step): Promise<void> {
    if (step.kind === 'process') await this.#process(step)
    else if (step.kind === 'abort') this.#abort(step.caller)
    else if (step.kind === 'end') await this.#end(step.run)
    else if (step.kind === 'wait') await this.#clock.advance(step.duration)
    else if (step.kind === 'resize') this.#resize(step.maxBatchSize)
    else this.#control(step.kind)
    assert.equal(this.#batcher.queuedCount, this.#lanes.queued.length, 'as many are queued')
    assert.equal(this.#batcher.activeCount, this.#running.length, 'as many batches run')
  }

  /** Closes, ends all that runs and compares what left. */
  async close(): Promise<void> {
    await settle()
    this.#lanes.closing = true
    const closed = observe(this.#batcher.close())
    this.#depart()
    await settle()
    while (this.#running.length > 0) await this.#end(0)
    assert.equal(closed.status, 'fulfilled')
    const left = this.#batches.calls.map(({ items, context }): Cut => ({
      key: context.key,
      ids: items.map(({ id }) => id),
    }))
    assert.deepEqual(left, this.#cuts)
    assert.ok(
      [...this.#flushes, ...this.#callers.map(({ observed }) => observed)].every(
        ({ status }) => status !== 'pending',
      ),
      'every caller is settled, every flush is done',
    )
    assert.equal(this.#clock.timerCount, 0, 'no timer is left')
  }

  async #process({ key, items }: Step & { kind: 'process' }): Promise<void> {
    await settle()
    for (const { weights, priority } of items) {
      const item = { id: this.#callers.length, key, weights, priority, time: this.#clock.now() }
      const controller = new AbortController()
      const { signal } = controller
      const observed = observe(this.#batcher.process(item, { signal, priority }))
      this.#callers.push({ controller, observed })
      const tooHeavy = this.#lanes.limits.maxima.some((max, of) => (weights[of] ?? 0) > max)
      if (tooHeavy || this.#lanes.isAtBound) continue
      this.#lanes.queued.push(item)
      this.#depart()
    }
  }

  #abort(caller: number): void {
    const { length } = this.#lanes.queued
    if (length === 0) return
    const id = this.#lanes.queued[caller % length]?.id
    this.#lanes.queued = this.#lanes.queued.filter((one) => one.id !== id)
    this.#callers[id ?? 0]?.controller.abort()
  }

  async #end(run: number): Promise<void> {
    await settle()
    const [call] = this.#running.splice(run % Math.max(1, this.#running.length), 1)
    if (call === undefined) return
    this.#batches.calls[call]?.resolve(this.#batches.calls[call]?.items)
    this.#depart()
    await settle()
  }

  #resize(maxBatchSize: number): void {
    this.#batcher.maxBatchSize = maxBatchSize
    this.#lanes.limits.maxBatchSize = maxBatchSize
    this.#depart()
  }

  #control(kind: 'pause' | 'resume' | 'flush'): void {
    if (kind === 'flush') {
      this.#flushes.push(observe(this.#batcher.flush()))
      this.#lanes.flushed = this.#callers.length
    } else {
      this.#batcher[kind]()
      this.#lanes.paused = kind === 'pause'
    }
    this.#depart()
  }

  #depart(): void {
    while (this.#running.length < this.#concurrency) {
      const cut = this.#lanes.next()
      if (cut === undefined) return
      this.#running.push(this.#cuts.push(cut) - 1)
    }
  }
}

describe('Batcher with keys, weights and priorities, whatever comes in whatever order', () => {
  it('sends what the model says, in batches that fit', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyLimits,
        fc.integer({ min: 1, max: 3 }),
        fc.array(anyStep, { size: 'max', maxLength: 60 }),
        async (limits, concurrency, steps) => {
          const pair = new Pair(limits, concurrency)
          for (const step of steps) await pair.do(step)
          await pair.close()
        },
      ),
      runs(1000),
    )
  }, 600_000)
})
