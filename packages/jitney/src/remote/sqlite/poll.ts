import type { Clock } from '../../platform/clock.ts'
import type { Arrivals } from '../arrivals.ts'

/** Tells those who wait when another process has written: SQLite tells nobody by itself. */
export class Poll {
  readonly #clock: Clock
  readonly #interval: number
  readonly #arrivals: Arrivals
  readonly #version: () => Promise<number>
  #waiting = 0
  #timer: unknown
  #last: number | undefined

  constructor(clock: Clock, interval: number, arrivals: Arrivals, version: () => Promise<number>) {
    this.#clock = clock
    this.#interval = interval
    this.#arrivals = arrivals
    this.#version = version
  }

  /** Looks while this waits. */
  async during<Result>(wait: () => Promise<Result>): Promise<Result> {
    this.#waiting += 1
    this.#arm()
    try {
      return await wait()
    } finally {
      this.#waiting -= 1
      if (this.#waiting === 0) this.#disarm()
    }
  }

  #arm(): void {
    this.#timer ??= this.#clock.setTimeout(() => {
      void this.#look()
    }, this.#interval)
  }

  #disarm(): void {
    this.#clock.clearTimeout(this.#timer)
    this.#timer = undefined
  }

  async #look(): Promise<void> {
    try {
      const version = await this.#version()
      if (version !== this.#last) this.#arrivals.announce()
      this.#last = version
    } catch {
      // Whoever asks for something hears of it.
    }
    // Another may have been armed meanwhile.
    this.#disarm()
    if (this.#waiting > 0) this.#arm()
  }
}
