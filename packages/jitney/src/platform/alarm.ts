import type { Clock } from './clock.ts'
import type { Within } from './context.ts'

/** Sets one deadline in place of the last; `Infinity` means none and holds no timer. */
export type SetAlarm = (deadline: number) => void

/**
 * One deadline on a clock, owned by one object.
 *
 * - Never rings before its deadline: a timer that fires early is set again for what is left.
 * - Any finite deadline is kept, however far.
 * - Its timer keeps nothing of the context in which it was set alive.
 */
export function createAlarm(clock: Clock, within: Within, ring: () => void): SetAlarm {
  let deadline = Infinity
  let timer: unknown
  const set: SetAlarm = (next) => {
    if (next === deadline) return
    clock.clearTimeout(timer)
    deadline = next
    if (next === Infinity) return
    const tick = (): void => {
      // It may have been cleared since: then this sets nothing.
      const due = deadline
      set(Infinity)
      if (clock.now() < due) set(due)
      else ring()
    }
    // The longest delay that timers keep: a longer one fires after 1 ms.
    const delay = Math.min(Math.max(0, next - clock.now()), 2 ** 31 - 1)
    timer = within(() => clock.setTimeout(tick, delay))
  }
  return set
}
