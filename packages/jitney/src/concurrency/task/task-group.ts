import {
  checkFunction,
  checkSignal,
  countOrShared,
  fields,
  type Guard,
  optional,
  typed,
} from '../../platform/guards.ts'
import { lazily } from '../../platform/lazily.ts'
import { onAbort } from '../../platform/on-abort.ts'
import { failure } from '../failure.ts'
import type { StartContext, TaskGroup, TaskOptions } from './group.ts'
import { onlyFollowed } from '../only-followed.ts'
import { type Slots, slotsOf } from './slots.ts'
import { runTask, type Task } from './task.ts'

/** Options of `taskGroup`. */
export interface TaskGroupOptions {
  /** Aborts the group: it rejects with the signal's reason, once all children have ended. */
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
  next?: Link
}

const action = 'run task group'
const spawning = 'spawn task'
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
  const slots = slotsOf(concurrency)
  if (outer?.aborted === true) throw outer.reason as Error

  const controller = new AbortController()
  const { signal } = controller
  const queueing = new AbortController()
  const queue = slots && { slots, signal: queueing.signal }
  const failures = new Set<unknown>()
  /** Children that have not ended, and how many of them are waited for. */
  const tasks = new Set<Task<unknown>>()
  let awaited = 0
  let spawned = 0
  let bodyEnded = false
  let isOver = false
  let abortedOutside = false
  let last: Link = {}
  const first = retain ? last : undefined
  const wakes: (() => void)[] = []
  let finish: () => void

  function abort(reason?: unknown): void {
    if (signal.aborted) return
    controller.abort(reason)
    for (const task of tasks) task.abort(signal.reason)
    queueing.abort()
  }

  function onEnd(task: Task<unknown>, mayFail: boolean): void {
    if (mayFail && task.state === 'rejected') {
      failures.add(task.error())
      const reason = failure('JITNEY_GROUP_ABORTED', 'Cannot go on: a task of the group failed')
      abort(Object.assign(reason, { name: 'AbortError' }))
    }
    if (bodyEnded && awaited === 0) {
      isOver = tasks.size === 0
      if (isOver) finish()
      else abort()
    }
    for (const wake of wakes.splice(0)) wake()
  }

  function add<Value>(
    fn: (context: never) => Value | PromiseLike<Value>,
    settings?: TaskOptions,
    isAwaited = true,
    mayFail = () => true,
    started?: (value: never) => void,
  ): Task<Value> {
    checkFunction(spawning, 'fn', fn)
    const { name = fn.name || `task ${spawned + 1}` } = readTaskOptions(
      spawning,
      'options',
      settings,
    )
    if (isOver) throw failure('JITNEY_GROUP_ENDED', `Cannot ${spawning}: the group has ended`)
    if (signal.aborted) throw signal.reason as Error
    const own = lazily(() => new AbortController())
    const context = {
      get signal() {
        return own().signal
      },
      started,
    }
    return runTask<Value>(
      name,
      own,
      isAwaited ? queue : undefined,
      async () => fn(context as never),
      (task) => {
        tasks.add(task)
        spawned += 1
        if (isAwaited) awaited += 1
      },
      (task) => {
        tasks.delete(task)
        if (isAwaited) {
          awaited -= 1
          last.task = task
          last = last.next = {}
        }
        onEnd(task, mayFail())
      },
    )
  }

  function start<Value>(fn: (context: StartContext<Value>) => unknown, settings?: TaskOptions) {
    let reported = false
    const promise = new Promise<Value>((resolve, reject) => {
      const started = (value: Value): void => {
        reported = true
        resolve(value)
      }
      add(fn, settings, true, () => reported, started)
        .promise.then(() => {
          if (signal.aborted) throw signal.reason as Error
          throw failure('JITNEY_TASK_NOT_STARTED', 'Cannot start task: it ended without a report')
        })
        .catch((reason: Error) => {
          // Who did not look at it yet hears of the abort from the group.
          if (onlyFollowed(signal, reason)) promise.catch(ignore)
          reject(reason)
        })
    })
    if (signal.aborted) promise.catch(ignore)
    return promise
  }

  const group: TaskGroup = {
    signal,
    spawn: (fn, settings) => add(fn, settings),
    start,
    background: (fn, settings) => add(fn, settings, false),
    abort,
    stats() {
      const names = [...tasks].filter(({ state }) => state === 'running').map(({ name }) => name)
      const running = names.length
      const ended = spawned - tasks.size
      return Object.freeze({ queued: tasks.size - running, running, ended, names })
    },
    async *[Symbol.asyncIterator]() {
      let link = first ?? last
      // A function, so that the generator keeps nothing of what it yielded.
      const take = (): Task<unknown> => {
        const { task } = link
        link = link.next as Link
        return task as Task<unknown>
      }
      for (;;) {
        if (link.next !== undefined) yield take()
        else if (awaited > 0) await new Promise<void>((resolve) => wakes.push(resolve))
        else return
      }
    },
  }

  const stop =
    outer &&
    onAbort(outer, () => {
      abortedOutside = !signal.aborted
      abort(outer.reason)
    })
  const main = runTask(
    'body',
    () => controller,
    undefined,
    async () => body(group),
    ignore,
    (task) => {
      bodyEnded = true
      onEnd(task, true)
    },
  )
  await new Promise<void>((resolve) => {
    finish = resolve
  })
  stop?.()
  queueing.abort()
  if (failures.size > 0) {
    const message = `Cannot ${action}: ${failures.size} of its tasks failed`
    throw Object.assign(new AggregateError(failures, message), { code: 'JITNEY_GROUP_FAILED' })
  }
  if (abortedOutside) throw signal.reason as Error
  return main.state === 'fulfilled' ? main.result() : (undefined as Result)
}

function ignore(): void {}
