/**
 * Waiting for a place, running, or how it ended: `'aborted'` if it was never started, or answered
 * the abort of its signal with the reason or an `AbortError`.
 */
export type TaskState = 'queued' | 'running' | 'fulfilled' | 'rejected' | 'aborted'

/** A child of a task group. Not thenable, so that it can be passed around without being awaited. */
export interface Task<Value> {
  /** The name it was given, else that of its function, else a number. */
  readonly name: string
  /** Settles as the function does. A rejection counts as handled, since the group reports it. */
  readonly promise: Promise<Value>
  /** Whether it waits, runs, or how it ended. */
  readonly state: TaskState

  /**
   * What the function returned.
   *
   * @throws what the function threw; Error with the code `JITNEY_TASK_NOT_ENDED` before the end.
   */
  result(): Value

  /**
   * What the function threw, or the reason of the abort; `undefined` if it returned.
   *
   * @throws Error with the code `JITNEY_TASK_NOT_ENDED` before the end.
   */
  error(): unknown

  /**
   * Aborts the task's signal; one that waits for a place is never started. What only follows from it
   * is no failure of the group. After the end that changes nothing of it.
   *
   * @param reason what the signal's `reason` will be; an `AbortError` by default.
   */
  abort(reason?: unknown): void
}
