import { type Clock, systemClock } from '../platform/clock.ts'
import {
  aboveZero,
  amountTo,
  checkFunction,
  count,
  countOrShared,
  durationOrZero,
  fields,
  type Guard,
  having,
  isAtLeastZero,
  isClock,
  oneOf,
  optional,
  ranged,
  several,
  typed,
} from '../platform/guards.ts'
import { BatchTimeoutError } from './errors.ts'
import type { Rate, SharedSlots } from './departure/sharing.ts'

/**
 * A measure of items: tokens, bytes, points. A batch is cut before its sum would pass `max`, and is
 * full when it has reached that or the next item does not fit. Nothing skips ahead of that item.
 *
 * @example
 * ```ts
 * import { Batcher } from 'jitney'
 *
 * const bytesOf = (text: string): number => new TextEncoder().encode(text).length
 * const riders = new Batcher((texts: string[]) => texts.map(() => texts.length), {
 *   weight: { of: bytesOf, max: 8 },
 * })
 * await riders.processAll(['naïve', 'né', 'a']) // => [1, 2, 2]
 * ```
 */
export interface Weight<Item> {
  /**
   * What one item weighs, in a unit of your choice: a finite number of at least 0. Asked once, in
   * `process`. What it throws rejects that item's caller alone, and so does a TypeError or
   * RangeError if it gives anything else.
   */
  readonly of: (item: Item) => number
  /**
   * Most that a batch may weigh: a number above 0, or `Infinity`. An item that is heavier alone is
   * refused with a RangeError.
   */
  readonly max: number
}

/**
 * How often, when and after which failures items are sent again: those of a batch that threw or
 * rejected, and those for which it returned `outcome.retry()`.
 *
 * They keep their age, leave ahead of others, and do not count against `maxQueueSize`. `abort()`
 * and the caller's own abort end the wait, `close()` makes the attempt at once. After the last one,
 * each caller gets a `BatchError` whose `cause` is the last failure, if the batch function threw.
 *
 * @example
 * ```ts
 * import { Batcher } from 'jitney'
 *
 * const lengths = new Batcher(
 *   (texts: string[], { entries }) => {
 *     if (entries[0]?.attempt === 1) throw new Error('deadlock')
 *     return texts.map((text) => text.length)
 *   },
 *   { retry: { attempts: 3, minDelay: 10, when: (error) => String(error).includes('deadlock') } },
 * )
 * await lengths.process('abc') // => 3
 * ```
 */
export interface Retry {
  /**
   * Most attempts, the first one included: an integer of at least 1, or `Infinity`, which `close()`
   * waits for as well, unless it has a `timeout`.
   */
  readonly attempts: number
  /**
   * Most milliseconds before the second attempt, at least 0; doubled for each that follows. What is
   * waited is random between 0 and that ("full jitter").
   * @default 100
   */
  readonly minDelay?: number | undefined
  /**
   * Most milliseconds between two attempts, at least 0; `outcome.retry({ after })` may ask for
   * more.
   * @default 30_000
   */
  readonly maxDelay?: number | undefined
  /**
   * Whether what a batch failed with is worth another attempt: nothing but `true` means so. Not
   * asked about `outcome.retry()`. If it says so of a `BatchTimeoutError`, the callers of that
   * batch stay: once its function has ended they get what it returned after all, or another
   * attempt.
   * @default everything but a `BatchTimeoutError`
   */
  readonly when?: ((error: unknown) => boolean) | undefined
}

/** Options of a `Batcher`. `undefined` means the default; durations are milliseconds. */
export interface BatcherOptions<Item = unknown> {
  /**
   * Most items in a batch: an integer of at least 1, or `Infinity`.
   * @default 100
   */
  readonly maxBatchSize?: number | undefined
  /**
   * How long the oldest item may wait for company while a slot is free: milliseconds of at least 0
   * (0: until the end of the turn), `Infinity` (until the batch is full, or `flush`), or
   * `'adaptive'` (while nothing runs: until the end of the turn; else until a slot is free, and as
   * long after the last batch as keeps the batches evenly apart, by what they were seen to cost).
   * Counted once, from the item's own arrival.
   * @default 'adaptive'
   */
  readonly maxQueueTime?: number | 'adaptive' | undefined
  /**
   * Most batches that run at once: an integer of at least 1, `Infinity`, or a `Semaphore` that
   * others share: each batch waits in its line for one place, and holds that until its function has
   * ended.
   * @default 1
   */
  readonly concurrency?: number | SharedSlots | undefined
  /**
   * Most items that wait: an integer of at least 1, or `Infinity`. Those of running batches, those
   * that wait for another attempt, and duplicates do not count. A queue at its bound counts as a
   * full batch.
   * @default Infinity
   */
  readonly maxQueueSize?: number | undefined
  /**
   * What happens to a call that meets the bound: `'reject'` with a `QueueFullError`, or `'wait'`
   * for room, first come, first served.
   * @default 'reject'
   */
  readonly overflow?: 'reject' | 'wait' | undefined
  /**
   * What items weigh, by one measure or several: a batch is cut when any maximum would be passed.
   * @default none
   */
  readonly weight?: Weight<Item> | readonly Weight<Item>[] | undefined
  /**
   * Items with different keys never share a batch; the batch function gets the key as
   * `context.key`. Keys are told apart as in a `Map`. Slots are shared, and the key whose oldest
   * item waited longest goes first. What it throws rejects that item's caller alone.
   * @default none
   */
  readonly batchKey?: ((item: Item) => unknown) | undefined
  /**
   * Items with equal keys (and equal batch keys), told apart as in a `Map`, that wait or are in
   * flight together are sent once, and their callers share the result. Each can leave alone; the
   * item goes with the last. An error of the item is wrapped in a `BatchError` for each. No cache:
   * nothing outlives the batch. What it throws rejects that item's caller alone.
   * @default none
   */
  readonly dedupeKey?: ((item: Item) => unknown) | undefined
  /**
   * Milliseconds that one run of the batch function may take: above 0, or `Infinity`. Then its
   * `signal` aborts and its callers get a `BatchTimeoutError`, unless `retry.when` allows another
   * attempt; the slot is held until it ends.
   * @default Infinity
   */
  readonly timeout?: number | undefined
  /**
   * Sends the items of a failed batch again: for a batch function that may see an item twice.
   * Without it, a failure is final, and `outcome.retry()` good for three attempts in all.
   * @default none
   */
  readonly retry?: Retry | undefined
  /**
   * Declares the batch function safe to repeat: a batch of several items that throws, and has no
   * attempts left, is sent again in halves, until the item that spoils it is alone and gets a
   * `BatchError`. Halves leave ahead of the queue. Never after an abort, a timeout or a rate limit
   * (errors named so, or with the `status` or `statusCode` 429).
   * @default false
   */
  readonly splitOnError?: boolean | undefined
  /**
   * How many batches, how many items or how much of the first weight may leave in a span of time: a
   * `RateLimiter` or several, which others may share. What is left caps the batch, what is sent
   * again counts again. A limit of batches or items is at least 1; one of weight needs `weight`,
   * which it caps like `max`: items that are heavier are refused with a RangeError.
   * @default none
   */
  readonly rateLimit?: Rate | readonly Rate[] | undefined
  /**
   * Where time comes from; tests give a `ManualClock` from `jitney/testing`.
   * @default the system's monotonic clock
   */
  readonly clock?: Clock | undefined
  /**
   * A name for errors, statistics and diagnostics.
   * @default none
   */
  readonly name?: string | undefined
  /**
   * Whether errors show where `process` was called. Costs some microseconds a call.
   * @default false
   */
  readonly captureStacks?: boolean | undefined
}

type RetrySettings = { [Name in keyof Retry]-?: NonNullable<Retry[Name]> }
type KeyOf = (item: unknown) => unknown

/** The options after validation, with their defaults. */
export interface Settings {
  maxBatchSize: number
  maxQueueTime: number | 'adaptive'
  concurrency: number | SharedSlots
  readonly maxQueueSize: number
  readonly overflow: 'reject' | 'wait'
  readonly weight: readonly {
    readonly of: (item: unknown) => number
    max: number
    fitting?: Guard<number>
  }[]
  readonly batchKey: KeyOf | undefined
  readonly dedupeKey: KeyOf | undefined
  readonly timeout: number
  readonly retry: RetrySettings
  readonly splitOnError: boolean
  readonly rateLimit: readonly Rate[]
  readonly clock: Clock
  readonly name: string | undefined
  readonly captureStacks: boolean
}

const keyOf = /* @__PURE__ */ optional(checkFunction as Guard<KeyOf>)
const flag = /* @__PURE__ */ optional(/* @__PURE__ */ typed<boolean>('boolean'), false)

/** What each option must be, also for its setter; `undefined` means the default. */
export const guards: { readonly [Name in keyof Settings]: Guard<Settings[Name]> } = {
  maxBatchSize: /* @__PURE__ */ optional(count, 100),
  maxQueueTime: /* @__PURE__ */ optional(
    /* @__PURE__ */ ranged<Settings['maxQueueTime']>(
      "milliseconds of at least 0, or 'adaptive'",
      (value) => value === 'adaptive' || isAtLeastZero(value),
    ),
    'adaptive',
  ),
  concurrency: /* @__PURE__ */ optional(countOrShared as Guard<Settings['concurrency']>, 1),
  maxQueueSize: /* @__PURE__ */ optional(count, Infinity),
  overflow: /* @__PURE__ */ optional(
    /* @__PURE__ */ oneOf<Settings['overflow']>(['reject', 'wait']),
    'reject',
  ),
  weight: /* @__PURE__ */ optional(
    /* @__PURE__ */ several(
      /* @__PURE__ */ fields<Settings['weight'][number]>({
        of: checkFunction as Guard<Weight<unknown>['of']>,
        max: aboveZero,
      }),
    ),
    [],
  ),
  batchKey: keyOf,
  dedupeKey: keyOf,
  timeout: /* @__PURE__ */ optional(aboveZero, Infinity),
  retry: /* @__PURE__ */ optional(
    /* @__PURE__ */ fields<RetrySettings>({
      attempts: count,
      minDelay: /* @__PURE__ */ optional(durationOrZero, 100),
      maxDelay: /* @__PURE__ */ optional(durationOrZero, 30_000),
      when: /* @__PURE__ */ optional(
        checkFunction as Guard<RetrySettings['when']>,
        (error: unknown) => !(error instanceof BatchTimeoutError),
      ),
    }),
    { attempts: 3, when: () => false },
  ),
  splitOnError: flag,
  rateLimit: /* @__PURE__ */ optional(
    /* @__PURE__ */ several(/* @__PURE__ */ having<Rate>('a RateLimiter', 'penalize')),
    [],
  ),
  clock: /* @__PURE__ */ optional(isClock, systemClock),
  name: /* @__PURE__ */ optional(/* @__PURE__ */ typed<string>('string')),
  captureStacks: flag,
}

const readSettings: Guard<Settings> = /* @__PURE__ */ fields(guards)

/** Validates all options once, at the door. */
export function readOptions<Item>(options?: BatcherOptions<Item>): Settings {
  const action = 'create Batcher'
  const settings = readSettings(action, 'options', options)
  const [first] = settings.weight
  for (const { of, limit } of settings.rateLimit) {
    // What a rate never lets pass is too heavy for a batch as well.
    if (of === 'weight') first!.max = Math.min(aboveZero(action, 'weight', first?.max), limit)
    else count(action, 'rateLimit', Math.floor(limit))
  }
  // Once, as it has a text.
  for (const each of settings.weight) each.fitting = amountTo(each.max)
  return settings
}
