/** It took longer than it was allowed to. */
export class TimeoutError extends Error {
  static {
    this.prototype.name = 'TimeoutError'
  }

  /** Tells this error from others, also where there are two copies of the package. */
  readonly code = 'JITNEY_TIMEOUT'
  /** The timeout that passed, in milliseconds. */
  declare readonly timeout: number

  constructor(timeout: number) {
    super(`it took longer than ${timeout} ms`)
    this.timeout = timeout
  }
}
