import { Alarm } from '../../platform/readable-alarm.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Within } from '../../platform/context.ts'
import type { Call } from './call.ts'

/** Tells of calls whose time is over, until they are let go of. */
export class Deadlines {
  readonly #clock: Clock
  readonly #within: Within
  readonly #timeout: number
  readonly #beLate: (call: Call) => void
  /** Those with the same timeout: the first is the first to be late. One alarm does for all. */
  readonly #usual: Set<Call> = new Set()
  readonly #alarm: Alarm
  readonly #own: Map<Call, Alarm> = new Map()

  /** @param timeout of most calls. */
  constructor(clock: Clock, within: Within, timeout: number, beLate: (call: Call) => void) {
    this.#clock = clock
    this.#within = within
    this.#timeout = timeout
    this.#beLate = beLate
    this.#alarm = new Alarm(clock, within, () => {
      this.#look()
    })
  }

  add(call: Call): void {
    if (call.deadline === Infinity) return
    if (call.timeout === this.#timeout) {
      this.#usual.add(call)
      if (this.#alarm.deadline === Infinity) this.#alarm.set(call.deadline)
      return
    }
    const alarm = new Alarm(this.#clock, this.#within, () => {
      this.#beLate(call)
    })
    this.#own.set(call, alarm)
    alarm.set(call.deadline)
  }

  delete(call: Call): void {
    this.#usual.delete(call)
    // Set anew for each call, it would cost more than to ring now and then for nothing.
    if (this.#usual.size === 0) this.#alarm.clear()
    this.#own.get(call)?.clear()
    this.#own.delete(call)
  }

  #look(): void {
    const now = this.#clock.now()
    for (const call of this.#usual) {
      if (call.deadline > now) return this.#alarm.set(call.deadline)
      this.#beLate(call)
    }
  }
}
