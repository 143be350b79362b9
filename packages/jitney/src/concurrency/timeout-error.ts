/** It took longer than it was allowed to. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
  readonly code = 'JITNEY_TIMEOUT'
  /** The timeout that passed, in milliseconds. */
  readonly timeout: number

  constructor(timeout: number) {
    super(`Timed out after ${timeout} ms`)
    this.timeout = timeout
  }
}
