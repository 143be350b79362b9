import type { Clock } from '../platform/clock.ts'
import { fields, type Guard, guard, optional, typed } from '../platform/guards.ts'
import { clock, graceTime, restart, size } from './pool-options.ts'
import type { Restart } from './restart-delay.ts'

/** Most megabytes that a thread may use. */
export interface ThreadMemory {
  /**
   * Of the heap.
   * @default the runtime's own
   */
  readonly maxOldGenerationSizeMb?: number | undefined
  /**
   * Of its part for young objects.
   * @default the runtime's own
   */
  readonly maxYoungGenerationSizeMb?: number | undefined
  /**
   * Of the stack.
   * @default 4
   */
  readonly stackSizeMb?: number | undefined
}

/** Options of `threadBatch`. `undefined` means the default; durations are milliseconds. */
export interface ThreadBatchOptions {
  /**
   * How many threads run at once: an integer of at least 1. Each is started when a batch needs it.
   * @default the number of cores that this process may use
   */
  readonly size?: number | undefined
  /**
   * Which export of the module is the batch function.
   * @default 'default'
   */
  readonly exportName?: string | undefined
  /**
   * How long a batch that was aborted or took longer than the batcher's `timeout` may go on after
   * the function's `signal` aborted, before its thread is ended and replaced: at least 0, or
   * `Infinity`.
   * @default 1000
   */
  readonly graceTime?: number | undefined
  /**
   * How long to wait before a thread is replaced that was lost.
   * @default { minDelay: 100, maxDelay: 10_000 }
   */
  readonly restart?: Restart | undefined
  /**
   * Whether buffers and typed arrays are moved instead of copied, items and results alike: those
   * that are an item, a field or an element of it, and have their buffer to themselves. They are
   * empty for the caller then, and cannot be sent again: give `false` beside `retry`,
   * `splitOnError` and `dedupeKey`.
   * @default true
   */
  readonly move?: boolean | undefined
  /**
   * How much memory a thread may use before it is ended, which fails its batch alone.
   * @default as much as Node allows
   */
  readonly memory?: ThreadMemory | undefined
  /**
   * What the function finds as `data` beside its `signal`: anything that can be cloned.
   * @default undefined
   */
  readonly data?: unknown
  /**
   * Arguments of Node for the threads, such as `['--import', 'tsx']`.
   * @default those of this process
   */
  readonly nodeArguments?: readonly string[] | undefined
  /**
   * Where time comes from; tests give a `ManualClock` from `jitney/testing`.
   * @default the system's monotonic clock
   */
  readonly clock?: Clock | undefined
}

export interface ThreadSettings {
  readonly size: number
  readonly exportName: string
  readonly graceTime: number
  readonly restart: Required<Restart>
  readonly move: boolean
  readonly memory: ThreadMemory
  readonly data: unknown
  readonly nodeArguments: readonly string[] | undefined
  readonly clock: Clock
}

const megabytes: Guard<number | undefined> = /* @__PURE__ */ optional(
  /* @__PURE__ */ guard<number>(
    'a finite number above 0',
    (value) => Number.isFinite(value) && (value as number) > 0,
    'number',
  ),
)

export function threadOptions(cores: number): Guard<ThreadSettings> {
  return fields<ThreadSettings>({
    size: size(cores),
    exportName: optional(typed<string>('string'), 'default'),
    graceTime,
    restart,
    clock,
    move: optional(typed<boolean>('boolean'), true),
    memory: fields<ThreadMemory>({
      maxOldGenerationSizeMb: megabytes,
      maxYoungGenerationSizeMb: megabytes,
      stackSizeMb: megabytes,
    }),
    data: (_action, _name, value) => value,
    nodeArguments: optional(
      guard<readonly string[]>(
        'an array of texts',
        (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
      ),
    ),
  })
}
