import type { Clock } from '../platform/clock.ts'
import {
  checkIterable,
  checkSignal,
  durationOrZero,
  fields,
  has,
  isClock,
  oneOf,
  optional,
} from '../platform/guards.ts'
import { Listeners } from '../platform/on-abort.ts'
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
  /**
   * When it aborts, `wait` resolves.
   * @default none
   */
  readonly signal?: AbortSignal | undefined
  /**
   * Where time comes from; tests give a `ManualClock` from `jitney/testing`.
   * @default the system's monotonic clock
   */
  readonly clock?: Clock | undefined
}

/** What `wait` was given. */
export interface WaitResult<Task> {
  /** Those that are settled, and those that are no promises, in the order in which that was heard. */
  readonly done: Set<Task>
  /** The others, in the order in which they were given. */
  readonly waiting: Set<Task>
}

/** Those who wait for a promise. */
interface End extends Listeners {
  /** Unknown until it is settled. */
  hasFailed?: boolean
}

type Until = NonNullable<WaitOptions['until']>

const action = 'wait'
const readOptions = /* @__PURE__ */ fields({
  timeout: /* @__PURE__ */ optional(durationOrZero),
  signal: /* @__PURE__ */ optional(checkSignal),
  clock: /* @__PURE__ */ optional(isClock),
  // A wrong word is a wrong type here.
  until: /* @__PURE__ */ optional(
    /* @__PURE__ */ oneOf<Until>(['all', 'first', 'first-error'], 'none'),
    'all',
  ),
})
const ends = new WeakMap<object, End>()

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
      const listener = (): void => {
        waiting.delete(task)
        done.add(task)
        if (waiting.size === 0 || until === 'first' || (end.hasFailed && until !== 'all')) finish()
      }
      end.add(listener)
      leave.push(() => end.delete(listener))
      if (end.hasFailed !== undefined) listener()
    }
  })
  for (const stop of leave) stop()
  return { done, waiting }
}

function endOf(task: unknown): End {
  const promise = has(task, 'then') ? task : (task as { promise?: unknown } | null)?.promise
  const known = ends.get(promise as object)
  if (known) return known
  const end: End = new Listeners()
  const settle = (hasFailed: boolean) => () => {
    end.hasFailed = hasFailed
    end.handleEvent()
  }
  if (has(promise, 'then')) {
    ends.set(promise as object, end)
    ;(promise as PromiseLike<unknown>).then(settle(false), settle(true))
  } else settle(false)()
  return end
}
