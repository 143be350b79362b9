import type { Retry } from '../batcher/options.ts'
import { count, durationOrZero, fields, type Guard, optional } from '../platform/guards.ts'

/** How often a request is sent again, and when. */
export type RequestRetry = Omit<Retry, 'when'>

export type RetrySettings = { [Name in keyof RequestRetry]-?: NonNullable<RequestRetry[Name]> }

export const readRetry: Guard<RetrySettings> = /* @__PURE__ */ fields<RetrySettings>({
  attempts: count,
  minDelay: /* @__PURE__ */ optional(durationOrZero, 100),
  maxDelay: /* @__PURE__ */ optional(durationOrZero, 30_000),
})

/** As it is where nobody says otherwise. */
export const threeAttempts: Guard<RetrySettings> = /* @__PURE__ */ optional(readRetry, {
  attempts: 3,
})
