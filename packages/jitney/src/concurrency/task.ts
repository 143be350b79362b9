import { failure } from './failure.ts'
import { onlyFollowed } from './only-followed.ts'
import type { Slots } from './slots.ts'

/**
 * Waiting for a place, running, or how it ended: `'aborted'` if it was never started, or answered
 * the abort of its signal with the reason or an `AbortError`.
 */
export type TaskState = 'queued' | 'running' | 'fulfilled' | 'rejected' | 'aborted'

/** Who follows a task. */
interface Watcher {
  onSpawn?(task: Task<unknown>): void
  onEnd(task: Task<unknown>): void
}

/** A child of a task group. Not thenable, so that it can be passed around without being awaited. */
export class Task<Value> {
  /** The name it was given, else that of its function, else a number. */
  readonly name: string
  /** Settles as the function does. A rejection counts as handled, since the group reports it. */
  readonly promise: Promise<Value>
  readonly #controller: AbortController
  #state: TaskState = 'queued'
  #outcome: unknown

  /** Made by a group. */
  constructor(
    name: string,
    controller: AbortController,
    slots: Slots | undefined,
    fn: () => Value | PromiseLike<Value>,
    watcher: Watcher,
  ) {
    this.name = name
    this.#controller = controller
    // Before it runs: it may spawn others, or abort the group, at once.
    watcher.onSpawn?.(this)
    this.promise = this.#run(slots, fn)
    const end = (state: TaskState, outcome: unknown): void => {
      this.#state = state
      this.#outcome = outcome
      watcher.onEnd(this)
    }
    this.promise.then(
      (value) => {
        end('fulfilled', value)
      },
      (error: unknown) => {
        end(onlyFollowed(controller.signal, error) ? 'aborted' : 'rejected', error)
      },
    )
  }

  get state(): TaskState {
    return this.#state
  }

  /**
   * What the function returned.
   *
   * @throws what the function threw; Error with the code `JITNEY_TASK_NOT_ENDED` before the end.
   */
  result(): Value {
    const error = this.error()
    if (this.#state !== 'fulfilled') throw error as Error
    return this.#outcome as Value
  }

  /**
   * What the function threw, or the reason of the abort; `undefined` if it returned.
   *
   * @throws Error with the code `JITNEY_TASK_NOT_ENDED` before the end.
   */
  error(): unknown {
    if (this.#state === 'queued' || this.#state === 'running') {
      const message = `Cannot read the outcome of '${this.name}': it is ${this.#state}`
      throw failure('JITNEY_TASK_NOT_ENDED', message)
    }
    return this.#state === 'fulfilled' ? undefined : this.#outcome
  }

  /**
   * Aborts the task's signal; one that waits for a place is never started. What only follows from it
   * is no failure of the group. After the end it does nothing.
   *
   * @param reason what the signal's `reason` will be; an `AbortError` by default.
   */
  abort(reason?: unknown): void {
    if (this.#state === 'queued' || this.#state === 'running') this.#controller.abort(reason)
  }

  async #run(slots: Slots | undefined, fn: () => Value | PromiseLike<Value>): Promise<Value> {
    const { signal } = this.#controller
    const permit = slots && (slots.tryAcquire() ?? (await slots.acquire({ signal })))
    try {
      // It may have been given a place, and aborted before it heard of that.
      if (signal.aborted) throw signal.reason as Error
      this.#state = 'running'
      return await fn()
    } finally {
      permit?.release()
    }
  }
}
