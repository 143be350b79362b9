import { Alarm } from '../platform/alarm.ts'
import { type Clock, systemClock } from '../platform/clock.ts'
import { wrongType } from '../platform/errors.ts'
import { durationOrZero, has } from '../platform/guards.ts'

/**
 * Calls back once `timeout` milliseconds have passed. Returns what ends that.
 *
 * @param timeout at least 0; `Infinity` means never.
 */
export function deadline(
  action: string,
  timeout: unknown,
  clock: Clock = systemClock,
  ring: () => void = () => {},
): () => void {
  if (!has(clock, 'setTimeout')) throw wrongType(action, 'clock', 'a Clock', clock)
  const alarm = new Alarm(clock, (run) => run(), ring)
  alarm.set(clock.now() + durationOrZero(action, 'timeout', timeout))
  return () => {
    alarm.clear()
  }
}
