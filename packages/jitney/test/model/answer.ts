import { outcome } from 'jitney'
import { type Deferred, deferred } from 'jitney/testing'

import type { Expectation } from './expectation.ts'

/** What a batch function says of one item. */
export const itemAnswers = [
  'value',
  'undefined',
  'error',
  'shared error',
  'outcome.error',
  'outcome.value',
  'outcome.retry',
  'fulfilled promise',
  'rejected promise',
  'later',
] as const
type ItemAnswer = (typeof itemAnswers)[number]

/** Results that fit no batch. */
export const wrongAnswers = ['short', 'long', 'null', 'object', 'string', 'map'] as const

/** What a batch function throws. */
export const failures = {
  'an error': {},
  'an abort': { name: 'AbortError' },
  'a timeout': { name: 'TimeoutError' },
  'status 429': { status: 429 },
  'statusCode 429': { statusCode: 429 },
} as const

/** What a batch function does with its batch. The items take turns with `each`. */
export type Plan =
  | {
      readonly kind: 'list'
      readonly each: readonly ItemAnswer[]
      /** Whether it says when to try again. */
      readonly saysWhen?: boolean
    }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'fail'; readonly with: keyof typeof failures }
  | { readonly kind: 'wrong'; readonly what: (typeof wrongAnswers)[number] }

/** An item's outcome that the batch function left open. */
export type Later = Deferred<unknown>

/** What an item came to: an end for its callers, another attempt after so many milliseconds, or nothing yet. */
export type ItemOutcome = Expectation | { readonly retryAfter: number } | { readonly later: Later }

/** A plan carried out for some items: what to return or throw, and what that means for callers. */
export interface Answer {
  readonly returned: unknown
  /** Thrown instead of returned. */
  readonly thrown: boolean
  /** Whether there are promises among the outcomes. */
  readonly hasPromises: boolean
  /** One per item. */
  readonly expected: readonly ItemOutcome[]
}

/** @param after milliseconds that `outcome.retry` is given, if the plan says when. */
export function answer(plan: Plan, items: readonly number[], after: number): Answer {
  const all = (returned: unknown, expected: Expectation, thrown = false): Answer => ({
    returned,
    thrown,
    hasPromises: false,
    expected: items.map(() => expected),
  })
  switch (plan.kind) {
    case 'list':
      return list(plan.each, items, plan.saysWhen === true ? after : undefined)
    case 'fail': {
      const cause = Object.assign(new Error('the batch failed'), failures[plan.with])
      return all(cause, { error: 'BatchError', cause }, true)
    }
    case 'wrong':
      return all(wrong(plan.what, items.length), { error: 'BatchError' })
    case 'nothing':
      return all(undefined, { value: undefined })
  }
}

function list(
  each: readonly ItemAnswer[],
  items: readonly number[],
  after: number | undefined,
): Answer {
  const answers = items.map((_, index) => each[index % each.length] as ItemAnswer)
  const sharedError = new Error('an error for several items')
  const isShared = answers.filter((kind) => kind === 'shared error').length > 1
  const pairs = answers.map((kind, index): [unknown, ItemOutcome] => {
    const result = `result of ${items[index]}`
    const error = new Error(`item ${items[index]} failed`)
    switch (kind) {
      case 'value':
        return [result, { value: result }]
      case 'undefined':
        return [undefined, { value: undefined }]
      case 'error':
        return [error, { reason: error }]
      case 'shared error':
        return isShared
          ? [sharedError, { error: 'BatchError', cause: sharedError, orCause: true }]
          : [sharedError, { reason: sharedError }]
      case 'outcome.error':
        return [outcome.error(index), { reason: index }]
      case 'outcome.value':
        return [outcome.value(error), { value: error }]
      case 'outcome.retry':
        return [outcome.retry({ after }), { retryAfter: after ?? 0 }]
      case 'fulfilled promise':
        return [Promise.resolve(result), { value: result }]
      case 'rejected promise':
        return [Promise.reject(error), { reason: error }]
      case 'later': {
        const later = deferred<unknown>()
        return [later.promise, { later }]
      }
    }
  })
  return {
    returned: pairs.map(([result]) => result),
    thrown: false,
    hasPromises: answers.some((kind) => kind.endsWith('promise') || kind === 'later'),
    expected: pairs.map(([, expected]) => expected),
  }
}

function wrong(what: (typeof wrongAnswers)[number], length: number): unknown {
  switch (what) {
    case 'short':
      return new Array(length - 1).fill('a result')
    case 'long':
      return new Array(length + 1).fill('a result')
    case 'null':
      return null
    case 'object':
      return { length }
    case 'string':
      return 'x'.repeat(length)
    case 'map':
      return new Map([[0, 'a result']])
  }
}
