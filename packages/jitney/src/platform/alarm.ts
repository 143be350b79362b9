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
  /** For others to read; `Infinity` when it is not set. */
  deadline: number = Infinity
  declare readonly set: (deadline: number) => void

  constructor(clock: Clock, within: Within, ring: () => void) {
    let timer: unknown
    this.set = (deadline) => {
      if (deadline === this.deadline) return
      clock.clearTimeout(timer)
      this.deadline = deadline
      if (deadline === Infinity) return
      const tick = (): void => {
        // It may have been cleared since: then this sets nothing.
        const due = this.deadline
        this.clear()
        if (clock.now() < due) this.set(due)
        else ring()
      }
      // The longest delay that timers keep: a longer one fires after 1 ms.
      const delay = Math.min(Math.max(0, deadline - clock.now()), 2 ** 31 - 1)
      timer = within(() => clock.setTimeout(tick, delay))
    }
  }

  clear(): void {
    this.set(Infinity)
  }
}
