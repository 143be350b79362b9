import type { Clock } from '../platform/clock.ts'
import { count, fields, type Guard, guard, optional } from '../platform/guards.ts'
import { clock, graceTime, restart, size } from './pool-options.ts'
import type { Restart } from './restart-delay.ts'

/** Options of `processBatch`. `undefined` means the default; durations are milliseconds. */
export interface ProcessBatchOptions {
  /**
   * How many processes run at once: an integer of at least 1. Each is started when a batch needs it.
   * @default 1
   */
  readonly size?: number | undefined
  /**
   * How long a batch that was aborted or took longer than the batcher's `timeout` may go on before
   * its process is killed and replaced: at least 0, or `Infinity`.
   * @default 1000
   */
  readonly graceTime?: number | undefined
  /**
   * How the program is asked to stop a batch: `'message'`, the line `{"abort": id}`, or the name of a
   * signal such as `'SIGINT'`. With `'none'` it is not asked, and has the grace time to end its batch.
   * @default 'none'
   */
  readonly askBy?: 'none' | 'message' | `SIG${string}` | undefined
  /**
   * How long to wait before a process is replaced that was lost.
   * @default { minDelay: 100, maxDelay: 10_000 }
   */
  readonly restart?: Restart | undefined
  /**
   * The folder in which it runs.
   * @default that of this process
   */
  readonly folder?: string | undefined
  /**
   * Environment variables beside those of this process; `undefined` takes one away.
   * @default none
   */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  /**
   * Most bytes of one answer: an integer of at least 1, or `Infinity`.
   * @default 268_435_456, which is 256 MiB
   */
  readonly maxAnswerSize?: number | undefined
  /**
   * Where time comes from; tests give a `ManualClock` from `jitney/testing`.
   * @default the system's monotonic clock
   */
  readonly clock?: Clock | undefined
}

export interface ProcessSettings {
  readonly size: number
  readonly graceTime: number
  readonly restart: Required<Restart>
  readonly askBy: string
  readonly folder: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly maxAnswerSize: number
  readonly clock: Clock
}

export const readProcessOptions: Guard<ProcessSettings> = /* @__PURE__ */ fields<ProcessSettings>({
  size: /* @__PURE__ */ size(1),
  graceTime,
  restart,
  clock,
  askBy: /* @__PURE__ */ optional(
    /* @__PURE__ */ guard<string>(
      "'none', 'message' or the name of a signal",
      (value) => /^(none|message|SIG[A-Z0-9]+)$/.test(String(value)),
      'string',
    ),
    'none',
  ),
  folder: /* @__PURE__ */ optional(
    /* @__PURE__ */ guard<string>('a text', (value) => typeof value === 'string'),
  ),
  environment: /* @__PURE__ */ optional(
    /* @__PURE__ */ guard<ProcessSettings['environment']>(
      'an object of texts',
      (value) =>
        typeof value === 'object' &&
        value !== null &&
        Object.values(value).every((text) => text === undefined || typeof text === 'string'),
    ),
    {},
  ),
  maxAnswerSize: /* @__PURE__ */ optional(count, 2 ** 28),
})
