import type { BatcherOptions } from '../../batcher/options.ts'
import { BatchTimeoutError } from '../../batcher/errors.ts'
import { type Clock, systemClock } from '../../platform/clock.ts'
import {
  aboveZero,
  checkFunction,
  durationOrZero,
  fields,
  type Guard,
  guard,
  isClock,
  optional,
  typed,
} from '../../platform/guards.ts'
import { isCodec, isTransport } from '../client/options.ts'
import type { Transport } from '../transport.ts'
import { type Codec, jsonCodec } from '../wire/codec.ts'

/** When and after which failures an item is queued again. */
export interface RemoteRetry {
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
   * Whether what a batch failed with is worth another attempt: nothing but `true` means so. Callers
   * of one that is not get the failure.
   * @default everything but a `BatchTimeoutError`
   */
  readonly when?: ((error: unknown) => boolean) | undefined
}

/** Options of a `BatchWorker`. `undefined` means the default; durations are milliseconds. */
export interface BatchWorkerOptions {
  /** Where items come from. */
  readonly transport: Transport
  /**
   * How bytes become items, and results bytes. Clients have to have the same.
   * @default `jsonCodec`
   */
  readonly codec?: Codec | undefined
  /**
   * Most items in a batch: an integer of at least 1.
   * @default 100
   */
  readonly maxBatchSize?: number | undefined
  /**
   * How long the oldest item may wait for company while a slot is free: as of a `Batcher`.
   * @default 'adaptive'
   */
  readonly maxQueueTime?: number | 'adaptive' | undefined
  /**
   * Most batches that run at once: an integer of at least 1. The worker holds as many items as these
   * take, and one batch more.
   * @default 1
   */
  readonly concurrency?: number | undefined
  /**
   * Milliseconds that one run of the batch function may take: above 0, or `Infinity`. Then its
   * `signal` aborts, and its callers get a `BatchTimeoutError`. Without it, a function that hangs
   * keeps its items for ever.
   * @default Infinity
   */
  readonly timeout?: number | undefined
  /**
   * Sends a batch that threw again in halves, until the item that spoils it is alone.
   * @default true
   */
  readonly isolate?: boolean | undefined
  /**
   * When items whose batch failed are tried again, and after which failures.
   * @default { minDelay: 100, maxDelay: 30_000 }
   */
  readonly retry?: RemoteRetry | undefined
  /**
   * How often an item is handed out, crashes included: an integer of at least 1. Then it is a dead
   * letter, and its caller gets a `RemoteError`.
   * @default 5
   */
  readonly maxDeliveries?: number | undefined
  /**
   * After how many milliseconds without a word the worker's items go to others: above 0. It speaks
   * each third of that; a batch function that blocks the event loop for longer loses its items.
   * @default 30_000
   */
  readonly lease?: number | undefined
  /**
   * Most bytes of a result: above 0, or `Infinity`. A caller whose result is larger gets an error.
   * @default 1_048_576
   */
  readonly maxResultBytes?: number | undefined
  /**
   * Hears of calls of the transport that failed, all of which are made again.
   * @default nothing
   */
  readonly onError?: ((error: unknown) => void) | undefined
  /**
   * Where time comes from; tests give a `ManualClock` from `jitney/testing`.
   * @default the system's monotonic clock
   */
  readonly clock?: Clock | undefined
}

/** The options after validation, with their defaults. */
export interface WorkerSettings {
  readonly transport: Transport
  readonly codec: Codec
  readonly maxBatchSize: number
  readonly maxQueueTime: BatcherOptions['maxQueueTime']
  readonly concurrency: number
  readonly timeout: number
  readonly isolate: boolean
  readonly retry: { readonly [Name in keyof RemoteRetry]-?: NonNullable<RemoteRetry[Name]> }
  readonly maxDeliveries: number
  readonly lease: number
  readonly maxResultBytes: number
  readonly onError: (error: unknown) => void
  readonly clock: Clock
}

/** What is claimed ahead has to be bounded. */
const bounded = /* @__PURE__ */ guard<number>(
  'an integer of at least 1',
  (value) => Number.isSafeInteger(value) && (value as number) >= 1,
  'number',
)

/** Validates all options once, at the door; those of the batcher are its own to check. */
export const readWorkerOptions: Guard<WorkerSettings> = /* @__PURE__ */ fields<WorkerSettings>({
  transport: isTransport,
  codec: /* @__PURE__ */ optional(isCodec, jsonCodec),
  maxBatchSize: /* @__PURE__ */ optional(bounded, 100),
  maxQueueTime: (_action, _name, value) => value as BatcherOptions['maxQueueTime'],
  concurrency: /* @__PURE__ */ optional(bounded, 1),
  timeout: /* @__PURE__ */ optional(aboveZero, Infinity),
  isolate: /* @__PURE__ */ optional(/* @__PURE__ */ typed<boolean>('boolean'), true),
  retry: /* @__PURE__ */ optional(
    /* @__PURE__ */ fields<WorkerSettings['retry']>({
      minDelay: /* @__PURE__ */ optional(durationOrZero, 100),
      maxDelay: /* @__PURE__ */ optional(durationOrZero, 30_000),
      when: /* @__PURE__ */ optional(
        checkFunction as Guard<(error: unknown) => boolean>,
        (error: unknown) => !(error instanceof BatchTimeoutError),
      ),
    }),
    {},
  ),
  maxDeliveries: /* @__PURE__ */ optional(bounded, 5),
  lease: /* @__PURE__ */ optional(aboveZero, 30_000),
  maxResultBytes: /* @__PURE__ */ optional(aboveZero, 1_048_576),
  onError: /* @__PURE__ */ optional(checkFunction as Guard<(error: unknown) => void>, () => {}),
  clock: /* @__PURE__ */ optional(isClock, systemClock),
})
