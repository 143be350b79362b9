import { createAlarm } from '../platform/alarm.ts'
import type { Clock } from '../platform/clock.ts'
import { captureContext } from '../platform/context.ts'
import { amountTo } from '../platform/guards.ts'
import { createLine, type Line } from './line.ts'

/**
 * A line for so much per interval: what was taken is free again once it is an interval old.
 *
 * - Bounded at any rate of takes: moments are rounded up, so that takes that are close together
 *   become free together.
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
  // Powers of two, so that counting in multiples of them is exact.
  const grain = 2 ** (Math.ceil(Math.log2(limit)) - 51)
  const tick = 2 ** (Math.ceil(Math.log2(interval)) - 12)
  const most = Math.ceil(limit / grain) * grain
  const amount = amountTo(limit)
  /** Weights, by the moment at which they are free again; from the oldest on. */
  const takes = new Map<number, number>()
  let taken = 0
  let heldUntil = -Infinity
  /** When `free` was last asked: the clock is read once per take. */
  let now = 0

  const line: Line<void> = createLine(
    'take',
    () => {
      now = clock.now()
      for (const [until, weight] of takes) {
        if (until > now) break
        taken -= weight
        takes.delete(until)
      }
      return now < heldUntil ? -1 : most - taken
    },
    (weight) => {
      if (weight === 0) return
      taken += weight
      const until = Math.ceil((now + interval) / tick) * tick
      takes.set(until, (takes.get(until) ?? 0) + weight)
    },
    {
      weight(action, name, value = 1) {
        const weight = amount(action, name, value)
        return weight - (weight % grain)
      },
    },
    () => {
      const [next = now] = takes.keys()
      setAlarm(line.foremost ? (now < heldUntil ? heldUntil : next) : Infinity)
    },
  )
  const setAlarm = createAlarm(clock, captureContext(), line.serveAll)
  return Object.assign(line, {
    hold(duration: number) {
      heldUntil = Math.max(heldUntil, clock.now() + duration)
      line.serveAll()
    },
  })
}
