import type { Task } from './task.ts'
import type { Results } from '../results.ts'

/** Options of a child. */
export interface TaskOptions {
  /**
   * What `stats()` calls it.
   * @default the name of its function, else a number
   */
  readonly name?: string | undefined
}

/** What a child is told. */
export interface TaskContext {
  /** Aborts when the group or the task is aborted. Nothing else can stop a function that runs. */
  readonly signal: AbortSignal
}

/** What a child of `start` is told. */
export interface StartContext<Value> extends TaskContext {
  /** Says that it is ready, and what `start` resolves to. Only the first call counts. */
  readonly started: (value: Value) => void
}

/** What a group does: a frozen plain object. */
export interface TaskGroupStats {
  /** Children that wait for a place. */
  readonly queued: number
  /** Children that run, those of `background` included. */
  readonly running: number
  /** Children that have ended. */
  readonly ended: number
  /** The names of those that run, in the order in which they were spawned. */
  readonly names: readonly string[]
}

/** What the body of `taskGroup` is given. Its functions need no `this`. */
export interface TaskGroup extends AsyncIterable<Task<unknown>> {
  /** Aborts when the group is aborted, from wherever, or when one of its tasks fails. */
  readonly signal: AbortSignal

  /**
   * Runs a child: at once if there is a place, else when there is one.
   *
   * @throws the reason of the group's signal once that has aborted; Error with the code
   * `JITNEY_GROUP_ENDED` after the end. The function is not called then.
   */
  spawn<Value>(
    fn: (context: TaskContext) => Value | PromiseLike<Value>,
    options?: TaskOptions,
  ): Task<Value>

  /**
   * Runs a child, and resolves to what it reports by `started(value)`, leaving it running.
   *
   * A failure before that is no failure of the group: it only rejects the promise, as does an end
   * without a report, with the code `JITNEY_TASK_NOT_STARTED`.
   */
  start<Value = void>(
    fn: (context: StartContext<Value>) => unknown,
    options?: TaskOptions,
  ): Promise<Value>

  /**
   * Runs a child that nobody waits for: it is aborted when the body and all others have ended. It
   * takes no place, and loops over the group do not meet it. Its failure is one of the group.
   */
  background<Value>(
    fn: (context: TaskContext) => Value | PromiseLike<Value>,
    options?: TaskOptions,
  ): Task<Value>

  /**
   * Aborts all children and the body. The group resolves when they have ended, unless one fails: to
   * what the body returns, or to `undefined` if that answers with the abort.
   *
   * @param reason what the signals' `reason` will be; an `AbortError` by default.
   */
  abort(reason?: unknown): void

  /** What runs now: where a group does not end, who keeps it. */
  stats(): TaskGroupStats

  /**
   * The children as they end, failed ones too, each once, also those that ended before or are spawned
   * meanwhile. It ends when none is left, so a child that loops waits for itself.
   */
  [Symbol.asyncIterator](): Results<Task<unknown>, void>
}
