import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'

import fc from 'fast-check'
import { ManualClock } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { RateLimiter } from '../../src/concurrency/rate-limiter.ts'
import { runs } from '../model/runs.ts'
import { range } from '../support/departures.ts'
import { heapUsed } from '../support/memory.ts'
import { mostWithin, type Take } from '../support/rates.ts'

type Command =
  | { readonly do: 'take'; readonly weight: number; readonly signal: number | undefined }
  | { readonly do: 'tryTake'; readonly weight: number }
  | { readonly do: 'onAllowance'; readonly weight: number; readonly share: number }
  | { readonly do: 'abort' | 'advance' | 'cancel' | 'penalize'; readonly amount: number }

/** Quarters of the limit of 4 at most, so that the model's sums are exact. */
const anyWeight = fc.oneof(
  fc.nat({ max: 4 }),
  fc.nat({ max: 16 }).map((quarters) => quarters / 4),
)
const anyShare = fc.constantFrom(0, 0.5, 1)

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('take' as const),
      weight: anyWeight,
      signal: fc.option(fc.nat({ max: 4 }), { nil: undefined }),
    }),
  },
  fc.record({ do: fc.constant('tryTake' as const), weight: anyWeight }),
  fc.record({ do: fc.constant('onAllowance' as const), weight: anyWeight, share: anyShare }),
  fc.record({ do: fc.constant('abort' as const), amount: fc.nat({ max: 4 }) }),
  fc.record({ do: fc.constant('cancel' as const), amount: fc.nat({ max: 50 }) }),
  fc.record({ do: fc.constant('penalize' as const), amount: fc.nat({ max: 30 }) }),
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('advance' as const), amount: fc.nat({ max: 25 }) }),
  },
)

interface Waiter {
  readonly id: number
  readonly weight: number
  readonly signal: number | undefined
  /** How much of the allowance it takes; all that it waited for if undefined. */
  readonly share: number | undefined
}

/** What should happen, millisecond by millisecond. */
class Model {
  readonly limit = 4
  readonly interval = 10
  readonly passed: [id: number, time: number][] = []
  readonly aborted = new Set<number>()
  takes: Take[] = []
  line: Waiter[] = []
  now = 0
  heldUntil = 0

  get free(): number {
    if (this.now < this.heldUntil) return -1
    const recent = this.takes.filter(({ time }) => this.now - time < this.interval)
    return recent.reduce((sum, { weight }) => sum - weight, this.limit)
  }

  get allowance(): number {
    return this.line.length > 0 ? 0 : Math.max(0, this.free)
  }

  enter(waiter: Waiter): void {
    if (waiter.signal !== undefined && this.aborted.has(waiter.signal)) return
    this.line.push(waiter)
    // One who asked to be served is never served at once.
    if (this.line.length === 1 && waiter.share === undefined) this.serve()
  }

  serve(): void {
    for (let first = this.line[0]; first && first.weight <= this.free; first = this.line[0]) {
      this.line.shift()
      this.passed.push([first.id, this.now])
      const weight = first.share === undefined ? first.weight : this.free * first.share
      this.takes.push({ time: this.now, weight })
    }
  }

  tryTake(weight: number): boolean {
    const fits = this.line.length === 0 && weight <= this.free
    if (fits) this.takes.push({ time: this.now, weight })
    return fits
  }

  abort(signal: number): void {
    this.aborted.add(signal)
    this.#keep((waiter) => waiter.signal !== signal)
  }

  cancel(id: number): void {
    this.#keep((waiter) => waiter.id !== id || waiter.share === undefined)
  }

  #keep(stays: (waiter: Waiter) => boolean): void {
    const { length } = this.line
    this.line = this.line.filter(stays)
    if (this.line.length < length) this.serve()
  }

  advance(duration: number): void {
    this.serve()
    for (let ms = 0; ms < duration; ms += 1) {
      this.now += 1
      this.serve()
    }
  }
}

async function compare(commands: readonly Command[]): Promise<void> {
  const model = new Model()
  const { limit, interval } = model
  const clock = new ManualClock()
  const limiter = new RateLimiter({ limit, interval, clock })
  const controllers = range(5).map(() => new AbortController())
  const passed: [id: number, time: number][] = []
  const cancels: (() => void)[] = []

  for (const [id, command] of commands.entries()) {
    switch (command.do) {
      case 'take': {
        const { weight, signal } = command
        const options = { weight, signal: controllers[signal ?? -1]?.signal }
        limiter.take(options).then(
          () => passed.push([id, clock.now()]),
          (reason: unknown) => {
            assert.equal(reason, 'gone')
          },
        )
        model.enter({ id, weight, signal, share: undefined })
        break
      }
      case 'tryTake':
        assert.equal(limiter.tryTake(command.weight), model.tryTake(command.weight), 'tryTake()')
        break
      case 'onAllowance': {
        const { weight, share } = command
        cancels[id] = limiter.onAllowance(weight, () => {
          passed.push([id, clock.now()])
          assert.equal(limiter.tryTake(limiter.allowance * share), true)
        })
        model.enter({ id, weight, signal: undefined, share })
        break
      }
      case 'abort':
        controllers[command.amount]?.abort('gone')
        model.abort(command.amount)
        break
      case 'cancel':
        cancels[command.amount]?.()
        model.cancel(command.amount)
        break
      case 'penalize':
        limiter.penalize(command.amount)
        model.heldUntil = Math.max(model.heldUntil, model.now + command.amount)
        model.serve()
        break
      case 'advance':
        await clock.advance(command.amount)
        model.advance(command.amount)
        break
    }
    assert.equal(limiter.allowance, model.allowance, 'allowance')
    assert.equal(limiter.queued, model.line.length, 'queued')
    assert.equal(clock.timerCount, model.line.length > 0 ? 1 : 0, 'timers')
  }
  await clock.advance(1000)
  model.advance(1000)
  // Promises resolve in a later job than functions are called in, so that only the times compare.
  const byTime = (one: [number, number], other: [number, number]) =>
    one[1] - other[1] || one[0] - other[0]
  assert.deepEqual(passed.toSorted(byTime), model.passed.toSorted(byTime), 'who passed when')
  assert.ok(mostWithin(interval, model.takes) <= limit, 'the limit')
  assert.deepEqual([limiter.queued, limiter.allowance, clock.timerCount], [0, limit, 0])
  for (const { signal } of controllers) assert.equal(getEventListeners(signal, 'abort').length, 0)
}

describe('RateLimiter, whatever happens in whatever order', () => {
  it('does what the model says, and leaves no timer and no listener', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyCommand, { maxLength: 50, size: 'max' }), compare),
      runs(300),
    )
  }, 600_000)

  it('keeps the order, and no span contains more than the limit, at any times and weights', async () => {
    const anyNumber = (max: number) => fc.double({ min: 1e-3, max, noNaN: true })
    await fc.assert(
      fc.asyncProperty(
        anyNumber(1e6),
        anyNumber(1e5),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), anyNumber(0.4)), {
          minLength: 1,
          maxLength: 60,
          size: 'max',
        }),
        async (limit, interval, steps) => {
          const clock = new ManualClock(12_345.678)
          const limiter = new RateLimiter({ limit, interval, clock })
          const takes: Take[] = []
          const order: number[] = []
          for (const [index, [share, wait]] of steps.entries()) {
            const weight = share * limit
            void limiter.take({ weight }).then(() => {
              takes.push({ time: clock.now(), weight })
              order.push(index)
            })
            await clock.advance(wait * interval)
          }
          await clock.advance((steps.length + 1) * interval)
          assert.deepEqual(order, range(steps.length))
          assert.ok(mostWithin(interval, takes) <= limit * (1 + 1e-12))
          assert.deepEqual([limiter.allowance, clock.timerCount], [limit, 0])
        },
      ),
      runs(300),
    )
  }, 600_000)

  it('fits as many equal parts into the limit as it was divided into', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 1, max: 1e6 }),
        (parts, by) => {
          const limiter = new RateLimiter({
            limit: parts / by,
            interval: 1,
            clock: new ManualClock(),
          })
          let taken = 0
          while (limiter.tryTake(1 / by)) taken += 1
          assert.equal(taken, parts)
        },
      ),
      runs(300),
    )
  })
})

describe('RateLimiter under saturation', () => {
  it.each([1, 3, 100, 1000, 1500, 5000, 30_000])(
    'uses all but 1 part in 100 of a limit of %d, though takes began one after another',
    async (limit) => {
      const clock = new ManualClock()
      const interval = 1000
      const limiter = new RateLimiter({ limit, interval, clock })
      const takes: Take[] = []
      // The first interval spreads the takes, as far as one can; then somebody always wants more.
      const steps = 2500
      for (let step = 0; step < 4 * steps; step += 1) {
        const share = step < steps ? Math.ceil(limit / steps) : limit
        for (let taken = 0; taken < share && limiter.tryTake(); taken += 1) {
          takes.push({ time: clock.now(), weight: 1 })
        }
        await clock.advance(interval / steps)
      }
      expect(mostWithin(interval, takes)).toBeLessThanOrEqual(limit)
      const saturated = takes.filter(({ time }) => time >= interval)
      expect(saturated.length).toBeGreaterThanOrEqual(0.99 * 3 * limit)
    },
    60_000,
  )

  it('serves those who wait in line as fast', async () => {
    const clock = new ManualClock()
    const limiter = new RateLimiter({ limit: 2000, interval: 1000, clock })
    const takes: Take[] = []
    const note = () => takes.push({ time: clock.now(), weight: 1 })
    // No two of the first ones at the same time.
    for (let step = 0; step < 2000; step += 1) {
      void limiter.take().then(note)
      await clock.advance(0.5)
    }
    for (let taken = 0; taken < 6000; taken += 1) void limiter.take().then(note)
    await clock.advance(2999)
    expect(mostWithin(1000, takes)).toBeLessThanOrEqual(2000)
    expect(takes.length).toBeGreaterThanOrEqual(0.99 * 8000)
  }, 60_000)

  it('is as exact after a million fractions as at first', () => {
    let now = 0
    const clock = { now: () => now, setTimeout: () => undefined, clearTimeout: () => {} }
    const limiter = new RateLimiter({ limit: 100, interval: 1000, clock })
    const weights = [0.1, 0.7, 1 / 3, 0.123_456_789, Math.PI / 10]
    const takes: Take[] = []
    let used = 0
    for (let step = 0; takes.length < 1_000_000; step += 1) {
      const weight = weights[step % weights.length] as number
      if (limiter.tryTake(weight)) {
        takes.push({ time: now, weight })
        used += weight
      }
      now += 1.7
    }
    expect(mostWithin(1000, takes)).toBeLessThanOrEqual(100 * (1 + 1e-9))
    expect(used).toBeGreaterThanOrEqual(0.99 * 100 * Math.floor(now / 1000))
    now += 1000
    expect(limiter.allowance).toBe(100)
  })

  it('keeps its memory bounded at a limit of a million', async () => {
    let now = 0
    const clock = { now: () => now, setTimeout: () => undefined, clearTimeout: () => {} }
    const limiter = new RateLimiter({ limit: 1_000_000, interval: 1000, clock })
    const before = await heapUsed()
    for (let taken = 0; taken < 1_000_000; taken += 1) {
      limiter.tryTake()
      now += 0.001
    }
    expect((await heapUsed()) - before).toBeLessThan(2_000_000)
    expect(limiter.allowance).toBeLessThan(2000)
  })
})
