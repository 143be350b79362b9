import type { Clock } from '../platform/clock.ts'
import {
  checkFunction,
  checkSignal,
  durationOrZero,
  fields,
  isClock,
  optional,
} from '../platform/guards.ts'
import { following } from './follow.ts'
import { onlyFollowed } from './only-followed.ts'

/** Options of `withTimeout`. */
export interface WithTimeoutOptions<Fallback = never> {
  /** Milliseconds: at least 0, or `Infinity`. */
  readonly timeout: number
  /**
   * Aborts too: the promise rejects with its reason then, whatever the fallback.
   * @default none
   */
  readonly signal?: AbortSignal | undefined
  /**
   * What to resolve with after the timeout, instead of rejecting: any value but `undefined`. A
   * function is a value like any other and is not called.
   * @default none: it rejects with a `TimeoutError`
   */
  readonly fallback?: Fallback | undefined
  /**
   * Where time comes from; tests give a `ManualClock` from `jitney/testing`.
   * @default the system's monotonic clock
   */
  readonly clock?: Clock | undefined
}

const action = 'call withTimeout'
const readOptions = /* @__PURE__ */ fields({
  timeout: durationOrZero,
  signal: /* @__PURE__ */ optional(checkSignal),
  clock: /* @__PURE__ */ optional(isClock),
  fallback: (_action: string, _name: string, value: unknown) => value,
})

/**
 * Gives a function so much time, and a signal that says when that is over.
 *
 * - It resolves or rejects only when the function has ended: nothing runs on behind it. JavaScript
 *   stops no function, so the function has to heed its signal.
 * - A value that comes after the timeout is dropped, an error is not, unless it only says that the
 *   signal aborted: it is that signal's reason, or an `AbortError`.
 * - Nested ones report the one that expired, if the inner one is given the outer one's signal.
 *
 * @returns what `fn` returns. Rejects with a `TimeoutError` after the timeout, which is the reason of
 *   the signal as well; with the reason of `options.signal` if that aborts before; with a TypeError
 *   or RangeError for wrong arguments. If `options.signal` was aborted already, `fn` is not called.
 *
 * @example
 * ```ts
 * import { withTimeout } from 'jitney'
 * import { setTimeout as sleep } from 'node:timers/promises'
 *
 * const slow = ({ signal }: { signal: AbortSignal }) => sleep(60_000, 'slow', { signal })
 * await withTimeout(slow, { timeout: 5, fallback: 'late' }) // => 'late'
 * const error = await withTimeout(slow, { timeout: 5 }).catch((error: Error) => error)
 * String(error) // => 'TimeoutError: it took longer than 5 ms'
 * ```
 */
export async function withTimeout<Result, Fallback = never>(
  fn: (context: { readonly signal: AbortSignal }) => Result | PromiseLike<Result>,
  options: WithTimeoutOptions<Fallback>,
): Promise<Result | Fallback> {
  checkFunction(action, 'fn', fn)
  const settings = readOptions(action, 'options', options)
  const { signal: outer, fallback } = settings
  const { signal, leave } = following(settings)
  try {
    signal.throwIfAborted()
    const value = await fn({ signal })
    signal.throwIfAborted()
    return value
  } catch (error) {
    if (!onlyFollowed(signal, error)) throw error
    if (fallback === undefined || signal.reason === outer?.reason) throw signal.reason as Error
    return fallback as Fallback
  } finally {
    leave()
  }
}
