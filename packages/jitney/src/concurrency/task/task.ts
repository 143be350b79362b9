import { failure } from '../failure.ts'
import { onlyFollowed } from '../only-followed.ts'
import type { Permit } from '../semaphore.ts'
import type { Slots } from './slots.ts'

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
   * is no failure of the group. After the end it does nothing.
   *
   * @param reason what the signal's `reason` will be; an `AbortError` by default.
   */
  abort(reason?: unknown): void
}

/** Where a task waits for its place. */
export interface Queue {
  readonly slots: Slots
  /** Aborts when the group stops or ends. */
  readonly signal: AbortSignal
}

/**
 * Runs a function as a task, once there is a place.
 *
 * @param onSpawn told before it runs: it may spawn others, or abort the group, at once.
 */
export function runTask<Value>(
  name: string,
  controller: () => AbortController,
  queue: Queue | undefined,
  fn: () => Promise<Value>,
  onSpawn: (task: Task<unknown>) => void,
  onEnd: (task: Task<unknown>) => void,
): Task<Value> {
  let state: TaskState = 'queued'
  let isAborted = false
  let hasEnded = false
  let outcome: unknown
  let leave: (reason: unknown) => void = ignore

  function error(): unknown {
    if (hasEnded) return state === 'fulfilled' ? undefined : outcome
    const message = `Cannot read the outcome of '${name}': it is ${state}`
    throw failure('JITNEY_TASK_NOT_ENDED', message)
  }

  /** One that leaves does not wait for its turn; the place that comes then is given back. */
  function enter({ slots, signal }: Queue): Promise<Permit> {
    return new Promise((resolve, reject) => {
      leave = reject
      slots.acquire({ signal }).then((permit) => {
        if (isAborted) permit.release()
        else resolve(permit)
      }, reject)
    })
  }

  async function run(): Promise<Value> {
    let permit: Permit | undefined
    try {
      permit = queue && (queue.slots.tryAcquire() ?? (await enter(queue)))
      // It may have been given a place, and aborted before it heard of that.
      if (isAborted) throw controller().signal.reason as Error
      state = 'running'
      const value = await fn()
      outcome = value
      state = 'fulfilled'
      return value
    } catch (thrown) {
      outcome = thrown
      state = onlyFollowed(controller().signal, thrown) ? 'aborted' : 'rejected'
      throw thrown
    } finally {
      hasEnded = true
      // The group hears first: when it stops for a failure, nobody gets the place.
      onEnd(task)
      permit?.release()
    }
  }

  const task = {
    name,
    get state() {
      return state
    },
    result(): Value {
      const reason = error()
      if (state === 'fulfilled') return outcome as Value
      throw reason as Error
    },
    error,
    abort(reason?: unknown) {
      if (hasEnded) return
      isAborted = true
      controller().abort(reason)
      leave(controller().signal.reason)
    },
  } as { -readonly [Key in keyof Task<Value>]: Task<Value>[Key] }
  onSpawn(task)
  task.promise = run()
  task.promise.catch(ignore)
  return task
}

function ignore(): void {}
