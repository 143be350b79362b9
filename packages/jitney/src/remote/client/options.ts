import { type Clock, systemClock } from '../../platform/clock.ts'
import {
  aboveZero,
  checkFunction,
  count,
  fields,
  guard,
  type Guard,
  has,
  isClock,
  oneOf,
  optional,
} from '../../platform/guards.ts'
import type { Transport } from '../transport.ts'
import { type Codec, jsonCodec } from '../wire/codec.ts'

/** Options of a `RemoteBatcher`. `undefined` means the default; durations are milliseconds. */
export interface RemoteBatcherOptions<Item = unknown> {
  /** What carries items to workers, and results back. */
  readonly transport: Transport
  /**
   * How items become bytes, and bytes results. Workers have to have the same.
   * @default `jsonCodec`
   */
  readonly codec?: Codec | undefined
  /**
   * Items with different keys never share a batch; the batch function gets the key as
   * `context.key`. What it throws rejects that item's caller alone.
   * @default none
   */
  readonly batchKey?: ((item: Item) => string) | undefined
  /**
   * Most items that were handed over and are not settled: an integer of at least 1, or `Infinity`.
   * @default Infinity
   */
  readonly maxQueueSize?: number | undefined
  /**
   * What happens to a call that meets the bound: `'reject'` with a `QueueFullError`, or `'wait'`
   * for room, first come, first served. A queue that is full itself is waited for in any case.
   * @default 'reject'
   */
  readonly overflow?: 'reject' | 'wait' | undefined
  /**
   * How long a caller waits for its result: above 0, or `Infinity`. After that no worker starts
   * the item.
   * @default Infinity
   */
  readonly timeout?: number | undefined
  /**
   * Most bytes of an item with its envelope: above 0, or `Infinity`.
   * @default 1_048_576
   */
  readonly maxItemBytes?: number | undefined
  /**
   * How long a submission may take before it is made again: above 0.
   * @default 10_000
   */
  readonly submitTimeout?: number | undefined
  /**
   * How long after it was last heard of an accepted item is submitted once more, under its id: above
   * 0, less than half of the transport's `retention`, or `Infinity` (never). It does nothing where
   * all is well, and brings back what a failover lost.
   * @default 30_000, or a quarter of the transport's `retention` if that is less
   */
  readonly resubmitAfter?: number | undefined
  /**
   * The trace context of the caller, as headers (`traceparent`, `tracestate`); asked in `process`.
   * @default none
   */
  readonly trace?: (() => Readonly<Record<string, string>>) | undefined
  /**
   * Where time comes from; tests give a `ManualClock` from `jitney/testing`.
   * @default the system's monotonic clock
   */
  readonly clock?: Clock | undefined
}

/** The options after validation, with their defaults. */
export interface RemoteSettings {
  readonly transport: Transport
  readonly codec: Codec
  readonly batchKey: ((item: unknown) => unknown) | undefined
  readonly maxQueueSize: number
  readonly overflow: 'reject' | 'wait'
  readonly timeout: number
  readonly maxItemBytes: number
  readonly submitTimeout: number
  readonly resubmitAfter: number
  readonly trace: (() => Readonly<Record<string, string>>) | undefined
  readonly clock: Clock
}

export const isTransport: Guard<Transport> = /* @__PURE__ */ guard('a Transport', (value) =>
  ['client', 'worker', 'admin'].every((name) => has(value, name)),
)
export const isCodec: Guard<Codec> = /* @__PURE__ */ guard(
  "an object with 'encode' and 'decode'",
  (value) => has(value, 'encode') && has(value, 'decode'),
)

const readSettings = /* @__PURE__ */ fields<
  Omit<RemoteSettings, 'resubmitAfter'> & { resubmitAfter: number | undefined }
>({
  transport: isTransport,
  codec: /* @__PURE__ */ optional(isCodec, jsonCodec),
  batchKey: /* @__PURE__ */ optional(checkFunction as Guard<(item: unknown) => unknown>),
  maxQueueSize: /* @__PURE__ */ optional(count, Infinity),
  overflow: /* @__PURE__ */ optional(
    /* @__PURE__ */ oneOf<'reject' | 'wait'>(['reject', 'wait']),
    'reject',
  ),
  timeout: /* @__PURE__ */ optional(aboveZero, Infinity),
  maxItemBytes: /* @__PURE__ */ optional(aboveZero, 1_048_576),
  submitTimeout: /* @__PURE__ */ optional(aboveZero, 10_000),
  resubmitAfter: /* @__PURE__ */ optional(aboveZero),
  trace: /* @__PURE__ */ optional(checkFunction as Guard<() => Readonly<Record<string, string>>>),
  clock: /* @__PURE__ */ optional(isClock, systemClock),
})

/** Validates all options once, at the door. */
export function readRemoteOptions(options: unknown): RemoteSettings {
  const action = 'create RemoteBatcher'
  const settings = readSettings(action, 'options', options)
  const { retention } = settings.transport
  const { resubmitAfter = Math.min(30_000, retention / 4) } = settings
  guard<number>(
    `less than ${retention / 2}, half of the transport's retention, or Infinity`,
    (value) => value === Infinity || (value as number) < retention / 2,
    'number',
  )(action, 'resubmitAfter', resubmitAfter)
  return { ...settings, resubmitAfter }
}
