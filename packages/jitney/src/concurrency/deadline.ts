import { Alarm } from '../platform/alarm.ts'
import type { Clock } from '../platform/clock.ts'

/** Calls back once `timeout` milliseconds have passed. Returns what ends that. */
export function deadline(timeout: number, clock: Clock, ring: () => void): () => void {
  const alarm = new Alarm(clock, (run) => run(), ring)
  alarm.set(clock.now() + timeout)
  return () => {
    alarm.clear()
  }
}
