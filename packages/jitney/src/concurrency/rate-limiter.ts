import { type Clock, systemClock } from '../platform/clock.ts'
import {
  aboveZero,
  amountTo,
  fields,
  finite,
  type Guard,
  isClock,
  oneOf,
  optional,
} from '../platform/guards.ts'
import { type TimedLine, timedLine } from './timed-line.ts'

/** Options of a `RateLimiter`. */
export interface RateLimiterOptions {
  /** Most units within any span of `interval`: a finite number above 0. */
  readonly limit: number
  /** Milliseconds: a finite number above 0. */
  readonly interval: number
  /**
   * What a `Batcher` that has it as `rateLimit` counts: its batches, their items, or how much those
   * weigh (by the first `weight`). `take` counts what it is told.
   * @default 'batches'
   */
  readonly of?: 'batches' | 'items' | 'weight' | undefined
  /**
   * Where time comes from; tests give a `ManualClock` from `jitney/testing`.
   * @default the system's monotonic clock
   */
  readonly clock?: Clock | undefined
}

/** Options of `take`. */
export interface TakeOptions {
  /**
   * How many units to take: a number from 0 to the limit.
   * @default 1
   */
  readonly weight?: number | undefined
  /**
   * Ends the wait: the promise rejects with its reason, and nothing was taken.
   * @default none
   */
  readonly signal?: AbortSignal | undefined
}

const amount: Guard<number> = (action, name, value) =>
  aboveZero(action, name, finite(action, name, value))
const readOptions = /* @__PURE__ */ fields({
  limit: amount,
  interval: amount,
  of: /* @__PURE__ */ optional(
    /* @__PURE__ */ oneOf<RateLimiter['of']>(['batches', 'items', 'weight']),
    'batches',
  ),
  clock: /* @__PURE__ */ optional(isClock, systemClock),
})

/**
 * So many units per time: who asks for more waits in line. A `Batcher` takes it as its `rateLimit`.
 *
 * - No span of `interval` contains more than `limit`, wherever it begins.
 * - Who fits passes at once, unless somebody waits. First come, first served: a light one behind a
 *   heavy one waits too. A weight of 0 uses nothing up, but keeps its place in line.
 * - What was taken counts for `interval` after it was taken, and is not given back.
 * - A waiter that aborts is out at once and has taken nothing.
 * - Memory is bounded at any limit: for that, places come free up to 0.05 % of the interval late.
 *   Weights may be fractions: they are counted in steps of less than `limit * 2 ** -50`, rounded
 *   down, and sums never drift.
 * - One timer while somebody waits, none otherwise.
 *
 * @example
 * ```ts
 * import { RateLimiter } from 'jitney'
 *
 * const perSecond = new RateLimiter({ limit: 5, interval: 1000 })
 * await perSecond.take({ weight: 3 })
 * perSecond.allowance // => 2
 * perSecond.tryTake(3) // => false
 * perSecond.tryTake(2) // => true
 * ```
 */
export class RateLimiter {
  /** Most units within any span of `interval`. */
  declare readonly limit: number
  /** Milliseconds. */
  declare readonly interval: number
  /** What batchers count. */
  declare readonly of: 'batches' | 'items' | 'weight'
  /** Where time comes from. */
  declare readonly clock: Clock
  readonly #line: TimedLine

  constructor(options: RateLimiterOptions) {
    Object.assign(this, readOptions('create RateLimiter', 'options', options))
    this.#line = timedLine(this)
  }

  /** Units that a newcomer could take now: 0 while others wait, or after `penalize`. */
  get allowance(): number {
    return Math.min(this.limit, Math.max(0, this.#line.free()))
  }

  /** Calls of `take` and `onAllowance` that wait. */
  get queued(): number {
    return this.#line.waiters.size
  }

  /**
   * Resolves as soon as `weight` units may be taken and nobody who came before waits, having taken
   * them. Rejects with the signal's reason if that aborts before, with a RangeError for a weight
   * over the limit.
   */
  take(options?: TakeOptions): Promise<void> {
    return this.#line.enrol(options)
  }

  /**
   * Takes units at once or not at all: false if they are not free, while others wait, or after
   * `penalize`.
   *
   * @param weight how many units: a number from 0 to the limit; 1 by default.
   * @throws RangeError for a weight over the limit.
   */
  tryTake(weight?: number): boolean {
    return this.#line.tryNow({ weight }) !== undefined
  }

  /**
   * Waits in line like `take`, but takes nothing: `serve` decides how much. It is called once, when
   * it is first in line and `weight` units are free, and never before this returns. Within it,
   * `allowance`, `tryTake` and `take` act as if nobody else waited; then the next in line is served.
   * What it throws is an unhandled rejection and keeps nobody waiting.
   *
   * @param weight how many units: a number from 0 to the limit.
   * @returns what ends the wait; does nothing after `serve` was called.
   * @throws RangeError for a weight over the limit.
   */
  onAllowance(weight: number, serve: () => void): () => void {
    return this.#line.onAllowance(weight, serve)
  }

  /**
   * Lets nobody pass for a while, those who wait included: for a `Retry-After`. A shorter one does
   * not shorten a longer one.
   *
   * @param duration milliseconds: a finite number of at least 0.
   */
  penalize(duration: number): void {
    this.#line.hold(amountTo(Infinity)('penalize', 'duration', duration))
  }
}
