/** Shared by all copies of the package in a process, which `instanceof` would tell apart. */
const brand: unique symbol = Symbol.for('jitney.outcome')

/** What a batch function says of one item when a plain value or an `Error` instance cannot say it. */
export interface Outcome<Value = never> {
  readonly [brand]: 'value' | 'error'
  readonly content: Value
}

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
} = {
  value: (value) => ({ [brand]: 'value', content: value }),
  error: (error) => ({ [brand]: 'error', content: error as never }),
}

/** Which kind of outcome this object is, or `undefined` for a plain value. */
export function kindOf(value: object): 'value' | 'error' | undefined {
  return (value as Partial<Outcome<unknown>>)[brand]
}

/** What `outcome.error` was given, or `undefined` if this is something else; never throws. */
export function contentOfError(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  try {
    return kindOf(value) === 'error' ? (value as Outcome<unknown>).content : undefined
  } catch {
    return undefined
  }
}
