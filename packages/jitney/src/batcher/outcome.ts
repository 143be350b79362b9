import { durationOrZero, fields, optional } from '../platform/guards.ts'

/** Shared by all copies of the package in a process, which `instanceof` would tell apart. */
const brand: unique symbol = Symbol.for('jitney.outcome')

/** What a batch function says of one item when a plain value or an `Error` instance cannot say it. */
export interface Outcome<Value = never> {
  readonly [brand]: OutcomeKind
  /** The value, the error, or the delay. */
  readonly content: Value
}

type OutcomeKind = 'value' | 'error' | 'retry'

/** Makes outcomes for single items of a batch. */
export const outcome: {
  /**
   * The item's result is `value`, even if it is an `Error`.
   *
   * @example
   * ```ts
   * import { Batcher, outcome } from 'jitney'
   *
   * const parsed = new Batcher((texts: string[]) => texts.map((text) => outcome.value(new Error(text))))
   * const error = await parsed.process('a value, not a failure')
   * error.message // => 'a value, not a failure'
   * ```
   */
  value<Value>(value: Value): Outcome<Value>
  /**
   * The item failed: its caller's promise rejects with `error`, whatever that is.
   *
   * @example
   * ```ts
   * import { Batcher, outcome } from 'jitney'
   *
   * const lengths = new Batcher((texts: string[]) =>
   *   texts.map((text) => (text === '' ? outcome.error('is empty') : text.length)),
   * )
   * const settled = await lengths.processAllSettled(['abc', ''])
   * settled // => [{ status: 'fulfilled', value: 3 }, { status: 'rejected', reason: 'is empty' }]
   * ```
   */
  error(error: unknown): Outcome
  /**
   * The item was not done and is to be sent again, at most as often as `retry.attempts` says, or
   * three times in all; then its caller's promise rejects with a `BatchError`. It waits for the
   * delay of `retry`, or for `after` if that is longer.
   *
   * @throws TypeError or RangeError for wrong options.
   *
   * @example
   * ```ts
   * import { Batcher, outcome } from 'jitney'
   *
   * const stored = new Batcher((rows: string[], { entries }) =>
   *   entries.map(({ attempt }, index) => (attempt === 1 ? outcome.retry() : rows[index])),
   * )
   * await stored.process('a row') // => 'a row'
   * ```
   */
  retry(options?: RetryRequest): Outcome
} = {
  value: (value) => ({ [brand]: 'value', content: value }),
  error: (error) => ({ [brand]: 'error', content: error as never }),
  retry: (options) => {
    const { after } = readRetry('retry item', 'options', options)
    return { [brand]: 'retry', content: after as never }
  },
}

/** Options of `outcome.retry`. */
export interface RetryRequest {
  /**
   * Milliseconds to wait at least: 0 or more, or `Infinity` (until `close`, `abort` or the caller's
   * abort). A `rateLimit` lets no batch leave for as long, if that is above 0 and finite.
   * @default 0
   */
  readonly after?: number | undefined
}

const readRetry = /* @__PURE__ */ fields({ after: /* @__PURE__ */ optional(durationOrZero, 0) })

/** Which kind of outcome this is, or `undefined` for a plain value. */
export function kindOf(value: unknown): OutcomeKind | undefined {
  return (value as Partial<Outcome<unknown>> | null | undefined)?.[brand]
}
