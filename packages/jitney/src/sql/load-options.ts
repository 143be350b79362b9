import type { Guard } from '../platform/guards.ts'
import { optional } from '../platform/guards.ts'
import { type RetrySettings, threeAttempts } from '../integration/retry.ts'
import {
  columnName,
  columnNames,
  type StatementOptions,
  tableName,
  type TableName,
} from './options.ts'

/** Options of `loadBatcher`: those of a `Batcher`, but for `splitOnError` and `dedupeKey`, and these. */
export interface LoadBatcherOptions<Key> extends StatementOptions<Key> {
  /** The table, or schema and table. Names are quoted: upper and lower case count. */
  readonly table: TableName
  /** The column that a key is looked up in. It should tell rows apart: of several, one is given. */
  readonly key: string
  /**
   * The columns that callers get.
   * @default all
   */
  readonly columns?: readonly string[] | undefined
}

/** The options of a load as they were read. */
export interface LoadSettings {
  readonly table: readonly string[]
  readonly key: string
  readonly columns: readonly string[] | undefined
  readonly retry: RetrySettings
}

export const loadGuards: { readonly [Name in keyof LoadSettings]: Guard<LoadSettings[Name]> } = {
  table: tableName,
  key: columnName,
  columns: /* @__PURE__ */ optional(columnNames),
  retry: threeAttempts,
}
