import {
  checkFunction,
  checkSignal,
  countOrShared,
  fields,
  type Guard,
  optional,
  typed,
} from '../../platform/guards.ts'
import { failure } from '../failure.ts'
import { following } from '../follow.ts'
import type { StartContext, TaskGroup, TaskOptions } from './group.ts'
import { onlyFollowed } from '../only-followed.ts'
import { type Permit, Semaphore } from '../semaphore.ts'
import type { Task, TaskState } from './task.ts'

/** What is needed of a `Semaphore`: one of another copy of the package will do. */
type Slots = Pick<Semaphore, 'acquire' | 'tryAcquire'>

/** Options of `taskGroup`. */
export interface TaskGroupOptions {
  /**
   * Aborts the group: it rejects with the signal's reason, once all children have ended.
   * @default none
   */
  readonly signal?: AbortSignal | undefined
  /**
   * Most children that run at once, the body and those of `background` not counted: an integer of at
   * least 1, `Infinity`, or a `Semaphore`, which may be shared with others.
   * @default Infinity
   */
  readonly concurrency?: number | Slots | undefined
  /**
   * Whether ended tasks are kept, so that a loop that begins later gets them too. `false` is for
   * groups that live long.
   * @default true
   */
  readonly retain?: boolean | undefined
}

/** A task that has ended, once there is a next one. */
interface Link {
  task?: Task<unknown>
  following?: Link
}

const action = 'run task group'
const readOptions = /* @__PURE__ */ fields({
  signal: /* @__PURE__ */ optional(checkSignal),
  concurrency: /* @__PURE__ */ optional(countOrShared as Guard<number | Slots>, Infinity),
  retain: /* @__PURE__ */ optional(/* @__PURE__ */ typed<boolean>('boolean'), true),
})
const readTaskOptions = /* @__PURE__ */ fields({
  name: /* @__PURE__ */ optional(/* @__PURE__ */ typed<string>('string')),
})

/**
 * Runs a function and the children it spawns, and settles when all have ended: no task outlives its
 * group, however that ends.
 *
 * - The first failure, of a child or of the body, aborts all others. When they have ended, the group
 *   rejects with one `AggregateError` of all failures, one or many alike, each once, in the order in
 *   which they happened. That the body catches the error of a task does not unmake the failure.
 * - An abort from outside rejects with its reason, unless something fails; `abort()` lets the group
 *   resolve. An error that only follows from an abort (the signal's reason, or an `AbortError`) is no
 *   failure.
 * - Stopping is cooperative: an abort reaches a function by its `signal` and in no other way. A child
 *   that ignores it keeps the group waiting; `stats()` tells its name.
 *
 * Resolves to what the body returns. Rejects at once, without calling anything, for wrong arguments
 * and for a signal that has aborted.
 *
 * @example
 * ```ts
 * import { taskGroup } from 'jitney'
 *
 * const total = await taskGroup(async (group) => {
 *   for (const size of [1, 2, 3]) group.spawn(async () => size * 10, { name: `part ${size}` })
 *   let sum = 0
 *   for await (const task of group) sum += task.result() as number
 *   return sum
 * })
 * total // => 60
 * ```
 */
export async function taskGroup<Result>(
  body: (group: TaskGroup) => Result | PromiseLike<Result>,
  options?: TaskGroupOptions,
): Promise<Result> {
  checkFunction(action, 'body', body)
  const { signal: outer, concurrency, retain } = readOptions(action, 'options', options)
  const slots = typeof concurrency === 'number' ? new Semaphore(concurrency) : concurrency
  const { signal, abort, leave } = following({ signal: outer })
  signal.throwIfAborted()
  const failures = new Set<unknown>()
  /** Children that have not ended, and how many of them are waited for. */
  const tasks = new Set<Task<unknown>>()
  let awaited = 0
  let spawned = 0
  let isOver = false
  let last: Link = {}
  /** Where a loop begins. */
  let first = last
  /** Until the next child has ended. */
  let change!: Promise<void>
  let wake: (() => void) | undefined
  const tell = (): void => {
    wake?.()
    change = new Promise((resolve) => {
      wake = resolve
    })
  }
  tell()

  /** What an error makes of who threw it. A failure ends the others, unless it is told elsewhere. */
  function stateAfter(error: unknown, heard: AbortSignal, elsewhere?: unknown): TaskState {
    if (onlyFollowed(heard, error)) return 'aborted'
    if (!elsewhere) {
      failures.add(error)
      abort(
        Object.assign(failure('JITNEY_GROUP_ABORTED', action, 'a task failed'), {
          name: 'AbortError',
        }),
      )
    }
    return 'rejected'
  }

  /** @param report told what the child reports; until then its failure is told elsewhere. */
  function add<Value>(
    fn: (context: never) => Value | PromiseLike<Value>,
    settings?: TaskOptions,
    isBackground?: boolean,
    report?: (value: never) => void,
  ): Task<Value> {
    checkFunction(action, 'fn', fn)
    const { name = fn.name || `task ${spawned + 1}` } = readTaskOptions(action, 'options', settings)
    if (isOver) throw failure('JITNEY_GROUP_ENDED', action, 'it has ended')
    signal.throwIfAborted()
    const { signal: heard, abort: abortTask, leave: leaveGroup } = following(group)
    let value: Value
    let thrown: unknown
    let permit: Permit | undefined

    const task = {
      name,
      state: 'queued',
      result() {
        if (task.state === 'fulfilled') return value
        throw task.error() as Error
      },
      error() {
        if (!tasks.has(task)) return thrown
        throw failure('JITNEY_TASK_NOT_ENDED', 'read task', `it is ${task.state}`)
      },
      abort: abortTask,
    } as { -readonly [Key in keyof Task<Value>]: Task<Value>[Key] }
    tasks.add(task)
    spawned += 1
    task.promise = (async () => {
      if (!isBackground) {
        awaited += 1
        permit = slots.tryAcquire() ?? (await slots.acquire({ signal: heard }))
      }
      // It may have been given a place, and aborted before it heard of that.
      heard.throwIfAborted()
      task.state = 'running'
      const started = (ready: never): void => {
        report?.(ready)
        report = undefined
      }
      return fn({ signal: heard, started } as never)
    })()
    const end = (state: TaskState): void => {
      task.state = state
      leaveGroup()
      tasks.delete(task)
      if (!isBackground) {
        awaited -= 1
        last.task = task
        last = last.following = {}
        if (!retain) first = last
      }
      tell()
      // The group has heard of a failure by now, so that none of it gets the place.
      permit?.release()
    }
    task.promise.then(
      (result) => {
        value = result
        end('fulfilled')
      },
      (error: unknown) => {
        thrown = error
        end(stateAfter(error, heard, report))
      },
    )
    return task
  }

  function start<Value>(
    fn: (context: StartContext<Value>) => unknown,
    settings?: TaskOptions,
  ): Promise<Value> {
    const promise = new Promise<Value>((resolve, reject) => {
      const run = async (): Promise<never> => {
        await add(fn, settings, false, resolve).promise
        signal.throwIfAborted()
        throw failure('JITNEY_TASK_NOT_STARTED', 'start task', 'it has ended')
      }
      run().catch((reason: Error) => {
        // Who did not look at it yet hears of the abort from the group.
        if (onlyFollowed(signal, reason)) promise.catch(() => {})
        reject(reason)
      })
    })
    return promise
  }

  const group: TaskGroup = {
    signal,
    spawn: add,
    start,
    background: (fn, settings) => add(fn, settings, true),
    abort,
    stats() {
      const names = [...tasks].filter((task) => task.state === 'running').map((task) => task.name)
      return Object.freeze({
        queued: tasks.size - names.length,
        running: names.length,
        ended: spawned - tasks.size,
        names,
      })
    },
    async *[Symbol.asyncIterator]() {
      let link = first
      // oxlint-disable-next-line no-unmodified-loop-condition -- children end meanwhile
      while (link.following || awaited > 0) {
        if (link.following) {
          yield link.task as Task<unknown>
          link = link.following
        } else await change
      }
    },
  }

  let result: Result | undefined
  try {
    result = await body(group)
  } catch (error) {
    stateAfter(error, signal)
  }
  while (tasks.size > 0) {
    // None is left but those of `background`.
    if (awaited === 0) abort()
    await change
  }
  isOver = true
  leave()
  if (failures.size > 0) {
    throw failure('JITNEY_GROUP_FAILED', action, 'a task failed', failures)
  }
  if (signal.reason === outer?.reason) signal.throwIfAborted()
  return result as Result
}
