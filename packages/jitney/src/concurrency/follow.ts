import { createAlarm } from '../platform/alarm.ts'
import { type Clock, systemClock } from '../platform/clock.ts'
import { onAbort } from '../platform/on-abort.ts'
import { TimeoutError } from './timeout-error.ts'

/** What may end something from outside. */
export interface Bounds {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds from now. */
  readonly timeout?: number | undefined
  readonly clock?: Clock | undefined
}

/** A signal of one's own, and what aborts it. */
export interface Followed {
  readonly signal: AbortSignal
  readonly abort: (reason?: unknown) => void
  /** Lets go of what it follows. */
  readonly leave: () => void
}

/** A signal that aborts with another one, and with a `TimeoutError` when its time has passed. */
export function following(bounds: Bounds): Followed {
  const controller = new AbortController()
  const abort = (reason?: unknown): void => {
    controller.abort(reason)
  }
  return { signal: controller.signal, abort, leave: follow(bounds, abort) }
}

/**
 * Calls back with the reason when the signal aborts, at once if it has, and with a `TimeoutError` when
 * the time has passed: perhaps both. Returns what ends that.
 */
export function follow(
  { signal, timeout = Infinity, clock = systemClock }: Bounds,
  abort: (reason: unknown) => void,
): () => void {
  const setAlarm = createAlarm(
    clock,
    (run) => run(),
    () => {
      abort(new TimeoutError(timeout))
    },
  )
  setAlarm(clock.now() + timeout)
  const heed = (): void => {
    abort(signal?.reason)
  }
  if (signal?.aborted) heed()
  const unlisten = signal && onAbort(signal, heed)
  return () => {
    setAlarm(Infinity)
    unlisten?.()
  }
}
