import { Alarm } from '../platform/alarm.ts'
import type { Clock } from '../platform/clock.ts'
import { captureContext } from '../platform/context.ts'
import { amountTo } from '../platform/guards.ts'
import { createLine, type Line } from './line.ts'

interface Take {
  readonly since: number
  /** When the last of those that count as one is an interval old. */
  until: number
  weight: number
}

/**
 * A line for so much per interval: what was taken is free again once it is an interval old.
 *
 * - Bounded at any rate of takes: those that count as one do so until the last of them is out of
 *   the interval.
 * - Weights are rounded down to multiples of a power of two, so that sums are exact and never drift.
 * - One timer while somebody waits, none otherwise.
 */
export interface TimedLine extends Line<void> {
  /** Holds all for so many milliseconds. */
  hold(duration: number): void
}

export function timedLine({
  limit,
  interval,
  clock,
}: {
  readonly limit: number
  readonly interval: number
  readonly clock: Clock
}): TimedLine {
  /** Weights are counted in multiples of it; the limit is at most 2 ** 51 of them. */
  const grain = 2 ** (Math.ceil(Math.log2(limit)) - 51)
  const most = Math.ceil(limit / grain) * grain
  /** From the oldest on; few enough for `shift`. */
  const takes: Take[] = []
  let taken = 0
  let heldUntil = -Infinity
  /** When `free` was last asked: the clock is read once per take. */
  let now: number

  const line: Line<void> = createLine(
    'take',
    () => {
      now = clock.now()
      while (takes[0] && takes[0].until <= now) taken -= (takes.shift() as Take).weight
      return now < heldUntil ? -1 : most - taken
    },
    (weight) => {
      if (weight === 0) return
      taken += weight
      let until = now + interval
      // The first moment that is not within the interval, however the sum was rounded.
      if (until - now < interval) until += Math.abs(until) * Number.EPSILON
      const newest = takes.at(-1)
      // Takes this close together count as one where there are many: no more of the limit goes unused.
      const closeness = takes.length < 1024 ? 0 : interval / 1024
      if (newest && now - newest.since <= closeness) {
        newest.weight += weight
        newest.until = until
      } else takes.push({ since: now, until, weight })
    },
    {
      weight(action, name, value = 1) {
        const weight = amountTo(limit)(action, name, value)
        return weight - (weight % grain)
      },
    },
    () => {
      const next = now < heldUntil || !takes[0] ? heldUntil : takes[0].until
      alarm.set(line.first ? next : Infinity)
    },
  )
  const alarm = new Alarm(clock, captureContext(), line.serve)
  return Object.assign(line, {
    hold(duration: number) {
      heldUntil = Math.max(heldUntil, clock.now() + duration)
      line.serve()
    },
  })
}
