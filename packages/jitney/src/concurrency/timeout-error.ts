/** It took longer than it was allowed to. */
export class TimeoutError extends Error {
  static {
    this.prototype.name = 'TimeoutError'
  }

  readonly code = 'JITNEY_TIMEOUT'
  /** The timeout that passed, in milliseconds. */
  declare readonly timeout: number
}
