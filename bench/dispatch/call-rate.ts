/** A limit on calls as the library's `RateLimiter` is one, on a virtual clock. */
export class CallRate {
  readonly limit: number
  readonly interval: number
  /** When calls were made that still count, in milliseconds, the earliest first. */
  readonly #calls: number[] = []
  #now = 0

  constructor(limit: number, interval: number) {
    this.limit = limit
    this.interval = interval
  }

  /** Milliseconds that are left between two calls: what is left, spread over the time until one comes free. */
  get pace(): number {
    const [oldest] = this.#calls
    if (oldest === undefined) return 0
    const used = this.#calls.length
    const untilNext = oldest + this.interval - this.#now
    return ((used / this.limit) * untilNext) / Math.max(1, this.limit - used)
  }

  /** When the next call is allowed, at least now. */
  next(now: number): number {
    this.#now = now
    while (this.#calls.length > 0 && (this.#calls[0] as number) + this.interval <= now)
      this.#calls.shift()
    return this.#calls.length < this.limit ? now : (this.#calls[0] as number) + this.interval
  }

  take(now: number): void {
    this.#calls.push(now)
  }
}
