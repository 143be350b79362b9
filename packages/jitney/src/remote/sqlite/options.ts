import type * as modules from 'node:module'
import type * as urls from 'node:url'
import { builtin } from '../../platform/builtin.ts'
import type { Clock } from '../../platform/clock.ts'
import {
  aboveZero,
  count,
  fields,
  guard,
  type Guard,
  isClock,
  optional,
  typed,
} from '../../platform/guards.ts'

/** Options of `sqliteTransport`. Durations are milliseconds. */
export interface SqliteTransportOptions {
  /**
   * The module of a binding where the runtime has no `node:sqlite`, which is there from Node 22.13 on:
   * `libsql` or `better-sqlite3`, as a name that this program can import, or a URL.
   * @default `node:sqlite`
   */
  readonly binding?: string | undefined
  /**
   * Most items of a queue that are not done: an integer of at least 1, or `Infinity`.
   * @default 100_000
   */
  readonly maxItems?: number | undefined
  /**
   * Most bytes of replies that one client has not settled: above 0, or `Infinity`. A client over it
   * can submit nothing.
   * @default 67_108_864
   */
  readonly maxReplyBytes?: number | undefined
  /**
   * Most dead letters of a queue: an integer of at least 1, or `Infinity`. Beyond that the
   * oldest go.
   * @default 10_000
   */
  readonly maxDeadLetters?: number | undefined
  /**
   * For how long a reply is kept for a client that is away: above 0.
   * @default 600_000
   */
  readonly retention?: number | undefined
  /**
   * How often it is looked for what other processes wrote, while somebody waits for it: above 0.
   * @default 10
   */
  readonly pollInterval?: number | undefined
  /**
   * Arguments of Node for the thread, such as `['--import', 'tsx']`.
   * @default those of this process
   */
  readonly nodeArguments?: readonly string[] | undefined
  /**
   * Where time comes from, for tests: processes that share a file need the same.
   * @default the system's, which is that of the calendar
   */
  readonly clock?: Clock | undefined
}

/** The options after validation, with their defaults. */
export interface SqliteSettings {
  readonly binding: string | undefined
  readonly maxItems: number
  readonly maxReplyBytes: number
  readonly maxDeadLetters: number
  readonly retention: number
  readonly pollInterval: number
  readonly nodeArguments: readonly string[] | undefined
  readonly clock: Clock | undefined
}

export const readSqliteOptions: Guard<SqliteSettings> = /* @__PURE__ */ fields<SqliteSettings>({
  binding: /* @__PURE__ */ optional(/* @__PURE__ */ typed<string>('string')),
  maxItems: /* @__PURE__ */ optional(count, 100_000),
  maxReplyBytes: /* @__PURE__ */ optional(aboveZero, 67_108_864),
  maxDeadLetters: /* @__PURE__ */ optional(count, 10_000),
  retention: /* @__PURE__ */ optional(aboveZero, 600_000),
  pollInterval: /* @__PURE__ */ optional(aboveZero, 10),
  nodeArguments: /* @__PURE__ */ optional(
    /* @__PURE__ */ guard<readonly string[]>('an array of strings', (value) =>
      Array.isArray(value),
    ),
  ),
  clock: /* @__PURE__ */ optional(isClock),
})

/** The URL of a binding, as this program would import it: the thread's file lies elsewhere. */
export function urlOf(binding: string | undefined): string | undefined {
  if (binding === undefined || binding.startsWith('file:')) return binding
  const { createRequire } = builtin<typeof modules>('node:module')!
  const { pathToFileURL } = builtin<typeof urls>('node:url')!
  const here = createRequire(`${process.cwd()}/here.js`)
  return pathToFileURL(here.resolve(binding)).href
}
