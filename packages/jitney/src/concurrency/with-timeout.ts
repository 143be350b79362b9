import type { Clock } from '../platform/clock.ts'
import { checkFunction, checkOptions, checkSignal } from '../platform/guards.ts'
import { onAbort } from '../platform/on-abort.ts'
import { deadline } from './deadline.ts'
import { onlyFollowed } from './only-followed.ts'
import { TimeoutError } from './timeout-error.ts'

/** Options of `withTimeout`. */
export interface WithTimeoutOptions<Fallback = never> {
  /** Milliseconds: at least 0, or `Infinity`. */
  readonly timeout: number
  /** Aborts too: the promise rejects with its reason then, whatever the fallback. */
  readonly signal?: AbortSignal | undefined
  /**
   * What to resolve with after the timeout, instead of rejecting: any value but `undefined`. A
   * function is a value like any other and is not called.
   */
  readonly fallback?: Fallback | undefined
  /**
   * Where time comes from; tests give a `ManualClock` from `jitney/testing`.
   * @default the system's monotonic clock
   */
  readonly clock?: Clock | undefined
}

const action = 'call withTimeout'

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
 * String(error) // => 'TimeoutError: Timed out after 5 ms'
 * ```
 */
export async function withTimeout<Result, Fallback = never>(
  fn: (context: { readonly signal: AbortSignal }) => Result | PromiseLike<Result>,
  options: WithTimeoutOptions<Fallback>,
): Promise<Result | Fallback> {
  checkFunction(action, 'fn', fn)
  checkOptions(action, options, ['timeout', 'signal', 'fallback', 'clock'])
  const { timeout, signal: outer, fallback, clock } = options
  if (outer !== undefined) checkSignal(action, outer)
  const controller = new AbortController()
  const { signal } = controller
  const cancel = deadline(action, timeout, clock, () => {
    controller.abort(new TimeoutError(timeout))
  })
  const heed = (): void => {
    if (outer?.aborted === true) controller.abort(outer.reason)
  }
  heed()
  const unlisten = outer && onAbort(outer, heed)
  try {
    const value = signal.aborted ? undefined : await fn({ signal })
    if (!signal.aborted) return value as Result
  } catch (error) {
    if (!onlyFollowed(signal, error)) throw error
  } finally {
    cancel()
    unlisten?.()
  }
  if (fallback === undefined || signal.reason === outer?.reason) signal.throwIfAborted()
  return fallback as Fallback
}
