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
    const arm = (): void => {
      const left = this.deadline - clock.now()
      if (left === Infinity) return
      // The longest delay that timers keep: a longer one fires after 1 ms.
      const delay = Math.min(Math.max(0, left), 2 ** 31 - 1)
      const tick = (): void => {
        if (clock.now() < this.deadline) arm()
        else {
          this.clear()
          ring()
        }
      }
      timer = within(() => clock.setTimeout(tick, delay))
    }
    this.set = (deadline) => {
      if (deadline === this.deadline) return
      clock.clearTimeout(timer)
      this.deadline = deadline
      arm()
    }
  }

  clear(): void {
    this.set(Infinity)
  }
}
