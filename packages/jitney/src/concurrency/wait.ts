import type { Clock } from '../platform/clock.ts'
import { systemClock } from '../platform/clock.ts'
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
import { deadline } from './deadline.ts'

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

/** How a promise stands, and who waits for it. */
interface Watch {
  isSettled: boolean
  hasFailed: boolean
  readonly waiters: Set<(watch: Watch) => void>
}

type Until = NonNullable<WaitOptions['until']>

const action = 'wait'
const readOptions = /* @__PURE__ */ fields({
  until: /* @__PURE__ */ optional(
    /* @__PURE__ */ guard<Until>("'all', 'first' or 'first-error'", (value) =>
      ['all', 'first', 'first-error'].includes(value as Until),
    ),
    'all',
  ),
  timeout: /* @__PURE__ */ optional(durationOrZero, Infinity),
  signal: /* @__PURE__ */ optional(checkSignal),
  clock: /* @__PURE__ */ optional(isClock, systemClock),
})
const watches = new WeakMap<object, Watch>()

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
  const { until, timeout, signal, clock } = readOptions(action, 'options', options)

  const watched = Array.from(new Set(tasks), (task) => [task, watchOf(task)] as const)
  // A task and its promise have one watch, which tells once.
  const distinct = new Set(watched.map(([, watch]) => watch))
  let left = distinct.size
  let finish!: () => void
  const enough = new Promise<void>((resolve) => {
    finish = resolve
  })
  const hear = (watch: Watch): void => {
    left -= 1
    if (left === 0 || until === 'first' || (until === 'first-error' && watch.hasFailed)) finish()
  }
  const cancel = deadline(timeout, clock, finish)
  if (left === 0 || signal?.aborted === true) finish()
  const unlisten = signal && onAbort(signal, finish)
  for (const watch of distinct) {
    if (watch.isSettled) hear(watch)
    else watch.waiters.add(hear)
  }
  // A job later than that, so that what was settled at the same moment is done too.
  await enough
  cancel()
  unlisten?.()
  const done = new Set<Task>()
  const waiting = new Set<Task>()
  for (const [task, watch] of watched) {
    watch.waiters.delete(hear)
    ;(watch.isSettled ? done : waiting).add(task)
  }
  return { done, waiting }
}

function watchOf(task: unknown): Watch {
  const promise = has(task, 'then')
    ? task
    : (task as { promise?: unknown } | null | undefined)?.promise
  const known = watches.get(promise as object)
  if (known !== undefined) return known
  const watch: Watch = { isSettled: !has(promise, 'then'), hasFailed: false, waiters: new Set() }
  if (watch.isSettled) return watch
  const settle = (hasFailed: boolean) => () => {
    watch.isSettled = true
    watch.hasFailed = hasFailed
    for (const hear of watch.waiters) hear(watch)
    watch.waiters.clear()
  }
  // Of a subclass, `resolve` would make another promise, which settles later.
  const own = promise instanceof Promise ? promise : Promise.resolve(promise)
  own.then(settle(false), settle(true))
  watches.set(promise as object, watch)
  return watch
}
