import type { Retry } from '../batcher/options.ts'
import type { Clock } from '../platform/clock.ts'
import { onAbort } from '../platform/on-abort.ts'

const shortest = 20
/** Also how long a queue that was full may stand empty. */
const longest = 1000

/**
 * How long to wait after so many failures in a row, in milliseconds. With full jitter, so that those
 * who lost the same server do not come back together.
 */
function delayAfter(failures: number): number {
  return Math.random() * Math.min(longest, shortest * 2 ** (failures - 1))
}

/** Waits after so many failures in a row, or until the signal aborts. */
export function backOff(clock: Clock, failures: number, signal: AbortSignal): Promise<void> {
  return pause(clock, delayAfter(failures), signal)
}

/** Waits for so many milliseconds, or until the signal aborts. */
export function pause(clock: Clock, duration: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = (): void => {
      clock.clearTimeout(timer)
      forget()
      resolve()
    }
    const timer = clock.setTimeout(end, duration)
    const forget = onAbort(signal, end)
  })
}

/** What a `Batcher` does about calls of a transport that failed: it tries again, for ever. */
export const retryForEver: Retry = {
  attempts: Infinity,
  minDelay: shortest,
  maxDelay: longest,
  when: (): boolean => true,
}
