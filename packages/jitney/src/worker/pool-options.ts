import { type Clock, systemClock } from '../platform/clock.ts'
import { durationOrZero, fields, type Guard, guard, isClock, optional } from '../platform/guards.ts'
import type { Restart } from './restart-delay.ts'

const wholeCount: Guard<number> = /* @__PURE__ */ guard(
  'an integer of at least 1',
  (value) => Number.isSafeInteger(value) && (value as number) >= 1,
  'number',
)

export function size(fallback: number): Guard<number> {
  return optional(wholeCount, fallback)
}

export const clock: Guard<Clock> = /* @__PURE__ */ optional(isClock, systemClock)

export const graceTime: Guard<number> = /* @__PURE__ */ optional(durationOrZero, 1000)

export const restart: Guard<Required<Restart>> = /* @__PURE__ */ fields<Required<Restart>>({
  minDelay: /* @__PURE__ */ optional(durationOrZero, 100),
  maxDelay: /* @__PURE__ */ optional(durationOrZero, 10_000),
})
