import { createAlarm, type SetAlarm } from './alarm.ts'
import type { Clock } from './clock.ts'
import type { Within } from './context.ts'

/** An alarm that tells when it will ring. */
export class Alarm {
  /** `Infinity` when it is not set. */
  deadline: number = Infinity
  readonly #set: SetAlarm

  constructor(clock: Clock, within: Within, ring: () => void) {
    this.#set = createAlarm(clock, within, () => {
      this.deadline = Infinity
      ring()
    })
  }

  set(deadline: number): void {
    this.deadline = deadline
    this.#set(deadline)
  }

  clear(): void {
    this.set(Infinity)
  }
}
