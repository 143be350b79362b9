import type { Clock } from '../platform/clock.ts'
import { settle } from './settle.ts'

interface Timer {
  readonly due: number
  readonly callback: () => void
}

/**
 * A clock that stands still until it is told to advance.
 *
 * - Timers run in the order of their deadlines, those of one moment in the order they were set.
 * - Between timers all promise jobs and the turn they belong to end, as they would in real time.
 *
 * @example
 * ```ts
 * import { Batcher } from 'jitney'
 * import { ManualClock } from 'jitney/testing'
 *
 * const clock = new ManualClock()
 * const doubles = new Batcher((numbers: number[]) => numbers.map((n) => n * 2), { maxQueueTime: 1000, clock })
 * const double = doubles.process(21)
 * await clock.advance(1000)
 * await double // => 42
 * ```
 */
export class ManualClock implements Clock {
  #now: number
  #timers = new Set<Timer>()

  /** @param start what `now()` says at first, in milliseconds. */
  constructor(start = 0) {
    this.#now = start
  }

  /** Timers that are set and did not run. */
  get timerCount(): number {
    return this.#timers.size
  }

  now(): number {
    return this.#now
  }

  setTimeout(callback: () => void, delay: number): unknown {
    const timer: Timer = { due: this.#now + Math.max(0, delay), callback }
    this.#timers.add(timer)
    return timer
  }

  /** Takes back what `setTimeout` returned; does nothing once that was called. */
  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as Timer)
  }

  /** Resolves when `duration` milliseconds have passed on this clock. */
  sleep(duration: number): Promise<void> {
    return new Promise((resolve) => {
      this.setTimeout(resolve, duration)
    })
  }

  /**
   * Lets time pass.
   *
   * @param duration milliseconds, at least 0.
   * @returns when all timers that became due have run, and all that they caused without further time
   * or input and output has happened.
   */
  async advance(duration: number): Promise<void> {
    if (!(duration >= 0))
      throw new RangeError(`Cannot advance: 'duration' must be at least 0, received ${duration}`)
    const end = this.#now + duration
    await settle()
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.due)
      next.callback()
      await settle()
    }
    this.#now = end
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.due <= end && (next === undefined || timer.due < next.due)) next = timer
    }
    return next
  }
}
