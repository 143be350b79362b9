import { type Clock, systemClock } from '../platform/clock.ts'
import {
  boolean,
  checkOptions,
  count,
  duration,
  type Guard,
  objectWith,
  oneOf,
  string,
  windowTime,
} from '../platform/guards.ts'

/** Options of a `Batcher`. `undefined` means the default; durations are milliseconds. */
export interface BatcherOptions {
  /**
   * Most items in a batch: an integer of at least 1, or `Infinity`.
   * @default 100
   */
  readonly maxBatchSize?: number | undefined
  /**
   * How long the oldest item may wait for company while a slot is free: milliseconds of at least 0
   * (0: until the end of the turn), `Infinity` (until the batch is full, or `flush`), or
   * `'adaptive'` (while nothing runs: until the end of the turn; else until a slot is free).
   * Counted once, from the item's own arrival.
   * @default 'adaptive'
   */
  readonly maxQueueTime?: number | 'adaptive' | undefined
  /**
   * Most batches that run at once: an integer of at least 1, or `Infinity`.
   * @default 1
   */
  readonly concurrency?: number | undefined
  /**
   * Most items that wait, those of running batches not counted: an integer of at least 1, or
   * `Infinity`. A queue at its bound counts as a full batch.
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
   * Milliseconds that one run of the batch function may take: above 0, or `Infinity`. Then its
   * `signal` aborts and its callers get a `BatchTimeoutError`; the slot is held until it ends.
   * @default Infinity
   */
  readonly timeout?: number | undefined
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

/** The options after validation, with their defaults. */
export interface Settings {
  maxBatchSize: number
  maxQueueTime: number | 'adaptive'
  concurrency: number
  readonly maxQueueSize: number
  readonly overflow: 'reject' | 'wait'
  readonly timeout: number
  readonly clock: Clock
  readonly name: string | undefined
  readonly captureStacks: boolean
}

const queueTime: Guard<number | 'adaptive'> = (action, name, value) =>
  value === 'adaptive' ? value : windowTime(action, name, value)

const guards: { [Name in keyof Settings]: Guard<NonNullable<Settings[Name]>> } = {
  maxBatchSize: count,
  maxQueueTime: queueTime,
  concurrency: count,
  maxQueueSize: count,
  overflow: oneOf(['reject', 'wait']),
  timeout: duration,
  clock: objectWith<Clock>(['now', 'setTimeout', 'clearTimeout']),
  name: string,
  captureStacks: boolean,
}

const defaults: Settings = {
  maxBatchSize: 100,
  maxQueueTime: 'adaptive',
  concurrency: 1,
  maxQueueSize: Infinity,
  overflow: 'reject',
  timeout: Infinity,
  clock: systemClock,
  name: undefined,
  captureStacks: false,
}

const names = Object.keys(guards) as (keyof Settings)[]

/** Validates all options once, at the door. */
export function readOptions(options: BatcherOptions | undefined): Settings {
  const action = 'create Batcher'
  const settings = { ...defaults }
  if (options === undefined) return settings
  checkOptions(action, options, names)
  for (const name of names) {
    Object.assign(settings, { [name]: readOption(action, name, options[name]) })
  }
  return settings
}

/** Validates one option, for a setter as well; `undefined` means the default. */
export function readOption<Name extends keyof Settings>(
  action: string,
  name: Name,
  value: unknown,
): Settings[Name] {
  return value === undefined ? defaults[name] : guards[name](action, name, value)
}
