import type { Clock } from '../platform/clock.ts'
import { onAbort } from '../platform/on-abort.ts'

/** A timer that is set for longer fires at once. */
const longestDelay = 2 ** 31 - 1

/** Wakes those who wait for something to come. */
export class Arrivals {
  readonly #clock: Clock
  readonly #waiting: Set<() => void> = new Set()
  /** How often something came. */
  count: number = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whoever waits looks again. */
  announce(): void {
    this.count += 1
    for (const wake of this.#waiting) wake()
  }

  /** Resolves at the next arrival, after so many milliseconds, or with the signal. */
  next(duration: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const wake = (): void => {
        this.#clock.clearTimeout(timer)
        this.#waiting.delete(wake)
        forget()
        resolve()
      }
      const timer = this.#clock.setTimeout(wake, Math.min(duration, longestDelay))
      const forget = onAbort(signal, wake)
      this.#waiting.add(wake)
    })
  }
}
