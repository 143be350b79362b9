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
  'fulfilled promise',
  'rejected promise',
  'later',
] as const
type ItemAnswer = (typeof itemAnswers)[number]

/** Results that fit no batch. */
export const wrongAnswers = ['short', 'long', 'null', 'object', 'string', 'map'] as const

/** What a batch function does with its batch. The items take turns with `each`. */
export type Plan =
  | { readonly kind: 'list'; readonly each: readonly ItemAnswer[] }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'fail' }
  | { readonly kind: 'wrong'; readonly what: (typeof wrongAnswers)[number] }

/** An item's outcome that the batch function left open. */
export type Later = Deferred<unknown>

/** A plan carried out for some items: what to return or throw, and what that means for callers. */
export interface Answer {
  readonly returned: unknown
  /** Thrown instead of returned. */
  readonly thrown: boolean
  /** Whether there are promises among the outcomes. */
  readonly hasPromises: boolean
  /** One per item; a `Later` for those that stay open. */
  readonly expected: readonly (Expectation | { readonly later: Later })[]
}

export function answer(plan: Plan, items: readonly number[]): Answer {
  if (plan.kind === 'list') return list(plan.each, items)
  const all = (expected: Expectation, returned: unknown): Answer => ({
    returned,
    thrown: plan.kind === 'fail',
    hasPromises: false,
    expected: items.map(() => expected),
  })
  switch (plan.kind) {
    case 'fail': {
      const cause = new Error('the batch failed')
      return all({ error: 'BatchError', cause }, cause)
    }
    case 'wrong':
      return all({ error: 'BatchError' }, wrong(plan.what, items.length))
    case 'nothing':
      return all({ value: undefined }, undefined)
  }
}

function list(each: readonly ItemAnswer[], items: readonly number[]): Answer {
  const answers = items.map((_, index) => each[index % each.length] as ItemAnswer)
  const sharedError = new Error('an error for several items')
  const isShared = answers.filter((kind) => kind === 'shared error').length > 1
  const pairs = answers.map((kind, index): [unknown, Expectation | { later: Later }] => {
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
          ? [sharedError, { error: 'BatchError', cause: sharedError }]
          : [sharedError, { reason: sharedError }]
      case 'outcome.error':
        return [outcome.error(index), { reason: index }]
      case 'outcome.value':
        return [outcome.value(error), { value: error }]
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
