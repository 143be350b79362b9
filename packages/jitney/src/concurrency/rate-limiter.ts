import { Alarm } from '../platform/alarm.ts'
import { type Clock, systemClock } from '../platform/clock.ts'
import { captureContext } from '../platform/context.ts'
import {
  amountTo,
  checkFunction,
  fields,
  type Guard,
  guard,
  isClock,
  oneOf,
  optional,
} from '../platform/guards.ts'
import { Line } from './line.ts'
import { SlidingWindow } from './sliding-window.ts'

const taking = 'take units'

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
  /** Ends the wait: the promise rejects with its reason, and nothing was taken. */
  readonly signal?: AbortSignal | undefined
}

const amount = /* @__PURE__ */ guard<number>(
  'a finite number above 0',
  (value) => Number.isFinite(value) && (value as number) > 0,
  'number',
)
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
 * - Memory is bounded at any limit; for that, above a thousand takes per interval, places can come
 *   free up to 0.1 % of the interval late. Weights may be fractions: they are counted in steps of
 *   less than `limit * 2 ** -50`, rounded down, and sums never drift.
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
  readonly limit: number
  /** Milliseconds. */
  readonly interval: number
  /** What batchers count. */
  readonly of: 'batches' | 'items' | 'weight'
  readonly #clock: Clock
  readonly #window: SlidingWindow
  /** Units are counted in whole steps: so many to one unit, a power of two. */
  readonly #stepsPerUnit: number
  readonly #most: number
  readonly #weight: Guard<number>
  readonly #line: Line
  /** Rings when who is first in line fits. */
  readonly #alarm: Alarm
  /** When `#free` was last asked: the clock is read once per take. */
  #now = -Infinity
  #heldUntil = -Infinity

  constructor(options: RateLimiterOptions) {
    const { limit, interval, of, clock } = readOptions('create RateLimiter', 'options', options)
    this.limit = limit
    this.interval = interval
    this.of = of
    this.#clock = clock
    this.#weight = amountTo(limit)
    this.#window = new SlidingWindow(this.interval)
    this.#stepsPerUnit = 2 ** Math.min(1023, 51 - Math.ceil(Math.log2(this.limit)))
    this.#most = Math.ceil(this.limit * this.#stepsPerUnit)
    this.#alarm = new Alarm(this.#clock, captureContext(), () => {
      this.#line.serve()
    })
    this.#line = new Line(
      (steps) => steps <= this.#free(),
      (steps) => {
        this.#alarm.set(steps === undefined ? Infinity : this.#whenFree(steps))
      },
    )
  }

  /** Units that a newcomer could take now: 0 while others wait, or after `penalize`. */
  get allowance(): number {
    const free = this.#line.isOpen ? Math.max(0, this.#free()) : 0
    return Math.min(this.limit, free / this.#stepsPerUnit)
  }

  /** Calls of `take` and `onAllowance` that wait. */
  get queued(): number {
    return this.#line.length
  }

  /**
   * Resolves as soon as `weight` units may be taken and nobody who came before waits, having taken
   * them. Rejects with the signal's reason if that aborts before, with a RangeError for a weight
   * over the limit.
   */
  take(options?: TakeOptions): Promise<void> {
    return this.#line.wait(taking, options, ['weight', 'signal'], this.#read, this.#add)
  }

  /**
   * Takes units at once or not at all: false if they are not free, while others wait, or after
   * `penalize`.
   *
   * @param weight how many units: a number from 0 to the limit.
   * @throws RangeError for a weight over the limit.
   */
  tryTake(weight = 1): boolean {
    const steps = this.#read(weight)
    const taken = this.#line.admits(steps)
    if (taken) this.#add(steps)
    return taken
  }

  /**
   * Waits in line like `take`, but takes nothing: `serve` decides how much. It is called once, when
   * it is first in line and `weight` units are free, and never before this returns. Within it,
   * `allowance`, `tryTake` and `take` act as if nobody else waited; then the next in line is served.
   * What it throws is an uncaught exception and keeps nobody waiting.
   *
   * @param weight how many units: a number from 0 to the limit.
   * @returns what ends the wait; does nothing after `serve` was called.
   * @throws RangeError for a weight over the limit.
   */
  onAllowance(weight: number, serve: () => void): () => void {
    checkFunction('wait for units', 'serve', serve)
    return this.#line.join(this.#read(weight), serve)
  }

  /**
   * Lets nobody pass for a while, those who wait included: for a `Retry-After`. A shorter one does
   * not shorten a longer one.
   *
   * @param duration milliseconds: a finite number of at least 0.
   */
  penalize(duration: number): void {
    const until = this.#clock.now() + amountTo(Infinity)('penalize', 'duration', duration)
    this.#heldUntil = Math.max(this.#heldUntil, until)
    this.#line.serve()
  }

  /** Steps that are free now; less than none while all are held. */
  #free(): number {
    this.#now = this.#clock.now()
    return this.#now < this.#heldUntil ? -1 : this.#most - this.#window.unitsAt(this.#now)
  }

  #whenFree(steps: number): number {
    return Math.max(this.#heldUntil, this.#window.whenAtMost(this.#most - steps))
  }

  readonly #read = (weight = 1): number =>
    Math.floor(this.#weight(taking, 'weight', weight) * this.#stepsPerUnit)

  readonly #add = (steps: number): void => {
    this.#window.add(steps, this.#now)
  }
}
