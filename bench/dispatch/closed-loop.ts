import type { Arrivals } from './arrivals.ts'
import type { Random } from './random.ts'

export interface Loop {
  readonly callers: number
  /** Mean milliseconds between an answer and the next call. */
  readonly think: number
  readonly thinking: 'fixed' | 'exponential'
  /** Items that a caller hands over in one turn, and whose answers it awaits together. */
  readonly fanOut: number
}

/** Callers who ask again when all their items were answered. */
export class ClosedLoop implements Arrivals {
  readonly #loop: Loop
  readonly #random: Random
  /** Items that each caller waits for. */
  readonly #open: number[]
  /** Calls to come, the earliest last. */
  readonly #calls: { time: number; caller: number; left: number }[] = []

  constructor(loop: Loop, random: Random) {
    this.#loop = loop
    this.#random = random
    this.#open = Array.from({ length: loop.callers }, () => 0)
    for (let caller = 0; caller < loop.callers; caller += 1) this.#plan(caller, 0)
  }

  get next(): number {
    return this.#calls.at(-1)?.time ?? Infinity
  }

  take(): number {
    const call = this.#calls.at(-1)
    if (!call) throw new Error('Cannot take item: nobody calls')
    call.left -= 1
    if (call.left === 0) this.#calls.pop()
    return call.caller
  }

  answered(callers: readonly number[], now: number): void {
    for (const caller of callers) {
      const open = (this.#open[caller] as number) - 1
      this.#open[caller] = open
      if (open === 0) this.#plan(caller, now)
    }
  }

  #plan(caller: number, now: number): void {
    const { think, thinking, fanOut } = this.#loop
    const time = now + (thinking === 'fixed' ? think : this.#random.exponential(think))
    let index = this.#calls.length
    while (index > 0 && (this.#calls[index - 1] as { time: number }).time <= time) index -= 1
    this.#calls.splice(index, 0, { time, caller, left: fanOut })
    this.#open[caller] = fanOut
  }
}
