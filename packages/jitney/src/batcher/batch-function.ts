import type { DepartureReason } from '../policy/departure.ts'
import type { Outcome } from './outcome.ts'

/** What a batch function is told beside its items. */
export interface BatchContext {
  /**
   * Aborts when nobody waits for the batch any more (all callers left, or `abort()`), or when it
   * took longer than `timeout`.
   */
  readonly signal: AbortSignal
  /** The `batchKey` of all items of the batch; `undefined` without that option. */
  readonly key: unknown
  /** Why the batch left when it did. */
  readonly reason: DepartureReason
  /** What is known of single items, in their order; made when first asked for. */
  readonly entries: readonly BatchEntry[]
}

/**
 * One item of a batch: what a batch function needs that may see it again.
 *
 * @example
 * ```ts
 * import { Batcher } from 'jitney'
 *
 * const charged = new Set<string>()
 * const charges = new Batcher(
 *   (orders: string[], { entries }) => {
 *     for (const { id } of entries) charged.add(id)
 *     if (entries[0]?.attempt === 1) throw new Error('the answer was lost')
 *   },
 *   { retry: { attempts: 2, minDelay: 0 } },
 * )
 * await charges.processAll(['tea', 'cake'])
 * charged.size // => 2
 * ```
 */
export interface BatchEntry {
  /**
   * The same in all attempts of the item, and no other's: a key for calls that must not act twice.
   */
  readonly id: string
  /** Which attempt this is, from 1; those as part of a half count too. */
  readonly attempt: number
  /** Aborts when nobody waits for this item any more, or with the signal of the batch. */
  readonly signal: AbortSignal
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
 * makes. If it throws or rejects, its items are tried again as `retry` and `splitOnError` say, or
 * every caller gets a `BatchError` of its own with that as `cause`.
 */
export type BatchFunction<Item, Result> = (
  items: Item[],
  context: BatchContext,
) => Awaitable<BatchResults<Result | Error | Outcome<Result>>>

/** A value, or a promise of one. */
export type Awaitable<Value> = Value | PromiseLike<Value>
