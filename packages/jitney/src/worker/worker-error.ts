/** What is known of a worker that was lost. */
export interface WorkerErrorDetails {
  /** With which code the process or thread ended, if it did so by itself. */
  readonly exitCode?: number | undefined
  /** Which signal ended the process. */
  readonly signal?: string | undefined
  /** The last lines that the process wrote to standard error. */
  readonly stderr?: string | undefined
  /** What the start or the worker failed with, if it said so. */
  readonly cause?: unknown
}

/** Which of the ways to lose a worker it was. */
export type WorkerErrorCode =
  | 'JITNEY_WORKER_NOT_STARTED'
  | 'JITNEY_WORKER_CRASHED'
  | 'JITNEY_WORKER_ANSWER'
  | 'JITNEY_WORKER_CLOSED'

/**
 * A thread or process could not be started, ended in the middle of a batch, or answered something
 * that is no answer. It is the `cause` of the `BatchError` of each caller of that batch, and of no
 * other: the next batch gets a new worker.
 */
export class WorkerError extends Error {
  static {
    WorkerError.prototype.name = 'WorkerError'
  }

  /** What became of the worker. */
  readonly code: WorkerErrorCode
  /** With which code the process or thread ended, if it did so by itself. */
  readonly exitCode: number | undefined
  /** Which signal ended the process. */
  readonly signal: string | undefined
  /** The last lines that the process wrote to standard error. */
  readonly stderr: string | undefined

  constructor(code: WorkerErrorCode, message: string, details: WorkerErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.exitCode = details.exitCode
    this.signal = details.signal
    this.stderr = details.stderr
  }
}
