import type { Clock } from './clock.ts'
import type { Within } from './context.ts'

/**
 * One deadline on a clock, owned by one object.
 *
 * - Never rings before its deadline: a timer that fires early is set again for what is left.
 * - Any finite deadline is kept, however far; `Infinity` means none and holds no timer.
 * - Its timer keeps nothing of the context in which it was set alive.
 */
export class Alarm {
  readonly #clock: Clock
  readonly #within: Within
  readonly #ring: () => void
  /** For others to read; `Infinity` when it is not set. */
  deadline: number = Infinity
  #timer: unknown

  constructor(clock: Clock, within: Within, ring: () => void) {
    this.#clock = clock
    this.#within = within
    this.#ring = ring
  }

  set(deadline: number): void {
    if (deadline === this.deadline) return
    this.#clock.clearTimeout(this.#timer)
    this.deadline = deadline
    if (deadline === Infinity) return
    this.#timer = this.#within(() =>
      this.#clock.setTimeout(
        () => {
          // It may have been cleared since: then this sets nothing.
          const due = this.deadline
          this.clear()
          if (this.#clock.now() < due) this.set(due)
          else this.#ring()
        },
        // The longest delay that timers keep: a longer one fires after 1 ms.
        Math.min(Math.max(0, deadline - this.#clock.now()), 2 ** 31 - 1),
      ),
    )
  }

  clear(): void {
    this.set(Infinity)
  }
}
