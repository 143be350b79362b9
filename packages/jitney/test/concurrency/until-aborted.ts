import type { Deferred } from 'jitney/testing'

/** Rejects with the signal's reason once that aborts: what a function does that hears of it. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => {
      reject(signal.reason as Error)
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}

/** What comes first: a promise under the test's control, or the abort. */
export function orAborted<Value>(
  { promise }: Deferred<Value>,
  signal: AbortSignal,
): Promise<Value> {
  return Promise.race([promise, untilAborted(signal)])
}
