import type { DepartureReason } from '../policy/departure.ts'
import type { Outcome } from './outcome.ts'

/** What a batch function is told beside its items. */
export interface BatchContext {
  /** Aborts when nobody waits for the batch any more: all callers left, it timed out, or `abort()`. */
  readonly signal: AbortSignal
  /** Why the batch left when it did. */
  readonly reason: DepartureReason
}

/**
 * One outcome per item in order, as an array or a typed array; or `undefined` alone, and every
 * caller gets `undefined`. An outcome that is a promise is awaited and holds the batch's slot.
 */
export type BatchResults<Element = unknown> =
  | (ArrayLike<Element | PromiseLike<Element>> & object)
  | undefined
  | void

/** What callers get of what a batch function returns. */
export type ResultOf<Returned> = ResultOfResults<Awaited<Returned>>

// `any` stays what it is.
type ResultOfResults<Results> = 0 extends 1 & Results
  ? Results
  : [Results] extends [undefined | void]
    ? undefined
    : Results extends ArrayLike<infer Element>
      ? ResultOfItem<Awaited<Element>>
      : never

type ResultOfItem<Element> =
  Element extends Outcome<infer Value> ? Value : Element extends Error ? never : Element

/**
 * Works on many items at once.
 *
 * It gets a fresh array, which it may change, and returns one outcome per item, in order: a value,
 * an `Error` instance (that caller's promise rejects with this very object), or what `outcome`
 * makes. If it throws or rejects, every caller gets a `BatchError` of its own with that as `cause`.
 */
export type BatchFunction<Item, Result> = (
  items: Item[],
  context: BatchContext,
) => Awaitable<BatchResults<Result | Error | Outcome<Result>>>

export type Awaitable<Value> = Value | PromiseLike<Value>
