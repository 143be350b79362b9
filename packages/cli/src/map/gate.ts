import { RateLimiter } from 'jitney'

/** So many calls per so many milliseconds. */
export interface Rate {
  readonly limit: number
  readonly interval: number
}

/** Lets calls pass: as often as a rate allows, and none while a server wants to be left alone. */
export class Gate {
  #limiter: RateLimiter | undefined

  constructor(rate: Rate | undefined) {
    if (rate !== undefined) this.#limiter = new RateLimiter(rate)
  }

  /** Gives false, having let nobody pass, when the signal aborts. */
  pass(signal: AbortSignal): boolean | Promise<boolean> {
    if (signal.aborted) return false
    if (this.#limiter === undefined || this.#limiter.tryTake()) return true
    return this.#limiter.take({ signal }).then(
      () => true,
      () => false,
    )
  }

  /** Lets nobody pass for so many milliseconds. */
  hold(milliseconds: number): void {
    this.#limiter ??= new RateLimiter({ limit: 2 ** 31, interval: 1 })
    this.#limiter.penalize(milliseconds)
  }
}
