import { checkFunction, count } from '../platform/guards.ts'

/** What the detector of `jitney/testing` hears while it is on. */
export const hearing: {
  /** A call would wait for a place; throws to refuse it. */
  wait?: ((limiter: object) => void) | undefined
  /** Makes the call. */
  call?: ((limiter: object, call: () => unknown) => unknown) | undefined
} = {}

/** What `limit` gives: calls functions, so many at a time. */
export interface Limiter {
  /**
   * Calls the function as soon as there is a place and nobody who came before waits.
   *
   * @param fn what to call; nothing stops it from there on.
   * @param args its arguments.
   * @returns what it returns or throws. Rejects with a TypeError if `fn` is no function.
   */
  <Args extends readonly unknown[], Result>(
    fn: (...args: Args) => Result | PromiseLike<Result>,
    ...args: Args
  ): Promise<Result>
  /** Calls that run. More than `concurrency` after that was lowered. */
  readonly active: number
  /** Calls that wait for a place. */
  readonly queued: number
  /** Most calls that run at a time: an integer of at least 1, or `Infinity`. Settable while running. */
  concurrency: number
}

const action = 'limit'

/**
 * Bounds how many functions run at a time, whichever they are: `limited(fn, ...args)`.
 *
 * - First come, first served: a place that comes free goes to who waits longest.
 * - Lowered while running, `concurrency` lets calls that run end; raised, it lets in as many as fit.
 * - The stack of an error that `fn` throws goes on to the caller of `limited`, also if that waited;
 *   so does its asynchronous context.
 * - A call that waits cannot be aborted: where that is needed, take a `Semaphore`.
 * - A function that awaits another call of the same limiter keeps its place meanwhile. When all
 *   places are taken by such functions none ever ends: take a second limiter for the inner calls.
 *   `detectReentrancy` of `jitney/testing` finds it.
 *
 * @param concurrency most calls that run at a time: an integer of at least 1, or `Infinity`.
 * @throws TypeError or RangeError for any other `concurrency`, here and when it is set.
 *
 * @example
 * ```ts
 * import { limit } from 'jitney'
 *
 * const limited = limit(2)
 * const double = async (number: number) => number * 2
 * const doubles = Promise.all([1, 2, 3].map((number) => limited(double, number)))
 * limited.active // => 2
 * limited.queued // => 1
 * await doubles // => [2, 4, 6]
 * limited.active // => 0
 * ```
 */
export function limit(concurrency: number): Limiter {
  let most = count(action, 'concurrency', concurrency)
  let active = 0
  // Those who wait: who came last is last in `newer`, and before all of them those in `older`, where
  // who is next is last. Nothing is ever shifted.
  let older: (() => void)[] = []
  let newer: (() => void)[] = []

  const queued = (): number => older.length + newer.length
  const enter = (resolve: () => void): void => {
    newer.push(resolve)
  }
  const admit = (): void => {
    while (active < most && queued() > 0) {
      if (older.length === 0) {
        older = newer.toReversed()
        newer = []
      }
      active += 1
      older.pop()?.()
    }
  }

  // Asynchronous, and not a promise that somebody else resolves: so the stack keeps its callers.
  async function limited<Args extends readonly unknown[], Result>(
    fn: (...args: Args) => Result | PromiseLike<Result>,
    ...args: Args
  ): Promise<Result> {
    checkFunction(action, 'fn', fn)
    // Whoever waits keeps all places taken.
    if (active < most) active += 1
    else {
      hearing.wait?.(limited)
      await new Promise<void>(enter)
    }
    try {
      const { call } = hearing
      if (call) return (await call(limited, () => fn(...args))) as Result
      return await fn(...args)
    } finally {
      active -= 1
      admit()
    }
  }

  return Object.defineProperties(limited, {
    active: { get: () => active },
    queued: { get: queued },
    concurrency: {
      get: () => most,
      set: (value: number) => {
        most = count(action, 'concurrency', value)
        admit()
      },
    },
  }) as Limiter
}
