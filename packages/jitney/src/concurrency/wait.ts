import type { Clock } from '../platform/clock.ts'
import {
  checkIterable,
  checkSignal,
  durationOrZero,
  fields,
  guard,
  has,
  isClock,
  optional,
} from '../platform/guards.ts'
import { onAbort } from '../platform/on-abort.ts'
import { follow } from './follow.ts'

/** Options of `wait`. */
export interface WaitOptions {
  /**
   * What to wait for: that all are done, that one is, or that one has failed or all are done.
   * @default 'all'
   */
  readonly until?: 'all' | 'first' | 'first-error' | undefined
  /**
   * Milliseconds after which it resolves in any case: at least 0, or `Infinity`.
   * @default Infinity
   */
  readonly timeout?: number | undefined
  /** When it aborts, `wait` resolves. */
  readonly signal?: AbortSignal | undefined
  /**
   * Where time comes from; tests give a `ManualClock` from `jitney/testing`.
   * @default the system's monotonic clock
   */
  readonly clock?: Clock | undefined
}

/** What `wait` was given, in the order in which it was. */
export interface WaitResult<Task> {
  /** Those that are settled, and those that are no promises. */
  readonly done: Set<Task>
  readonly waiting: Set<Task>
}

type Until = NonNullable<WaitOptions['until']>

const action = 'wait'
const words: readonly unknown[] = ['all', 'first', 'first-error']
const readOptions = /* @__PURE__ */ fields({
  timeout: /* @__PURE__ */ optional(durationOrZero),
  signal: /* @__PURE__ */ optional(checkSignal),
  clock: /* @__PURE__ */ optional(isClock),
  until: /* @__PURE__ */ optional(
    /* @__PURE__ */ guard<Until>(`one of ${words.join(', ')}`, (value) => words.includes(value)),
    'all',
  ),
})
const ends = new WeakMap<object, AbortSignal>()

/**
 * Waits until so many promises are settled, and says which: the `select()` of promises.
 *
 * - It cancels nothing and throws nothing of theirs, not after a timeout or an abort either. A
 *   rejection of what it is given counts as handled: look at what is `done`.
 * - Those that are settled when it resolves are done, also if one would have been enough.
 * - However often it is called over the same promises, it leaves one reaction on each.
 * - Nothing to wait for resolves at once, whatever `timeout` says: a loop that waits for newcomers needs
 *   a promise of its own among them, as `channel.receive()` is.
 *
 * @param tasks promises, or objects with a `promise`, as the tasks of a group are. Other values are
 *   done.
 * @returns two sets of what was given. Rejects with a TypeError for wrong arguments, with a
 *   RangeError for a negative timeout, and with what the iteration of `tasks` throws.
 *
 * @example
 * ```ts
 * import { wait } from 'jitney'
 *
 * const never = new Promise(() => {})
 * const soon = Promise.resolve('soon')
 * const { done, waiting } = await wait([never, soon], { until: 'first' })
 * done.has(soon) // => true
 * waiting.has(never) // => true
 * ```
 */
export async function wait<Task>(
  tasks: Iterable<Task>,
  options?: WaitOptions,
): Promise<WaitResult<Task>> {
  checkIterable(action, 'tasks', tasks)
  const settings = readOptions(action, 'options', options)
  const { until } = settings
  const done = new Set<Task>()
  const waiting = new Set(tasks)
  const leave: (() => void)[] = []
  // It goes on a job later, so that what was settled at the same moment is done too.
  await new Promise<unknown>((finish: (reason?: unknown) => void) => {
    leave.push(follow(settings, finish))
    if (waiting.size === 0) finish()
    for (const task of waiting) {
      const end = endOf(task)
      leave.push(
        onAbort(end, () => {
          waiting.delete(task)
          done.add(task)
          if (waiting.size === 0 || until === 'first' || (end.reason && until !== 'all')) finish()
        }),
      )
    }
  })
  for (const stop of leave) stop()
  return { done, waiting }
}

/** A signal that aborts when the promise settles, for the reason whether it failed: one a promise. */
function endOf(task: unknown): AbortSignal {
  const promise = has(task, 'then') ? task : (task as { promise?: unknown } | null)?.promise
  if (!has(promise, 'then')) return AbortSignal.abort(false)
  const known = ends.get(promise as object)
  if (known) return known
  const controller = new AbortController()
  const { signal } = controller
  const end = (hasFailed: boolean) => () => {
    controller.abort(hasFailed)
  }
  ends.set(promise as object, signal)
  ;(promise as PromiseLike<unknown>).then(end(false), end(true))
  return signal
}
