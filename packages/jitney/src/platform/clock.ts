/** A source of monotonic time and of timers, so that tests can decide when time passes. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number
  /** Calls `callback` once, about `delay` milliseconds from now. Returns what `clearTimeout` takes. */
  setTimeout(callback: () => void, delay: number): unknown
  /** Takes back what `setTimeout` returned; does nothing once that was called. */
  clearTimeout(timer: unknown): void
}

/** The runtime's own time. Its globals are looked up at each call, so that fake timers drive it. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, delay) => setTimeout(callback, delay),
  clearTimeout: (timer) => {
    clearTimeout(timer as ReturnType<typeof setTimeout>)
  },
}
