import assert from 'node:assert/strict'

import {
  BatchAbortedError,
  BatcherClosedError,
  BatchError,
  BatchTimeoutError,
  QueueFullError,
} from 'jitney'

const libraryErrors = {
  BatchAbortedError,
  BatcherClosedError,
  BatchError,
  BatchTimeoutError,
  QueueFullError,
}

/** How a caller's promise has to end. */
export type Expectation =
  /** With this very value. */
  | { readonly value: unknown }
  /** Rejected with this very thing. */
  | { readonly reason: unknown }
  /** Rejected with an error of the library, one that no other caller has. */
  | {
      readonly error: keyof typeof libraryErrors
      readonly cause?: unknown
      /** Whether one caller may have the cause itself. */
      readonly orCause?: boolean
      readonly started?: boolean
      /** Part of its message. */
      readonly says?: string
    }

/** Says that `cause` is a `DOMException` of this name. */
export class DomCause {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/** Throws if a promise ended in another way. `seen` holds the library's errors of other callers. */
export function assertSettlement(
  actual: PromiseSettledResult<unknown>,
  expected: Expectation,
  seen: Set<unknown>,
): void {
  if ('value' in expected) {
    assert.deepEqual(Object.keys(actual), ['status', 'value'], 'is fulfilled')
    assert.equal((actual as PromiseFulfilledResult<unknown>).value, expected.value)
    return
  }
  assert.deepEqual(Object.keys(actual), ['status', 'reason'], 'is rejected')
  const { reason } = actual as PromiseRejectedResult
  if ('reason' in expected) {
    assert.equal(reason, expected.reason)
    return
  }
  assert.ok(!seen.has(reason), 'each caller has an error of its own')
  seen.add(reason)
  if (expected.orCause === true && reason === expected.cause) return
  assert.ok(reason instanceof libraryErrors[expected.error], `is a ${expected.error}`)
  if ('cause' in expected) assertCause(reason.cause, expected.cause)
  if (expected.says !== undefined) assert.ok(reason.message.includes(expected.says))
  if ('started' in expected) assert.equal('started' in reason && reason.started, expected.started)
}

function assertCause(actual: unknown, expected: unknown): void {
  if (!(expected instanceof DomCause)) assert.equal(actual, expected)
  else assert.equal((actual as DOMException).name, expected.name)
}
