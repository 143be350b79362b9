import { refusal } from '../platform/errors.ts'
import { fields, type Guard, optional, typed } from '../platform/guards.ts'
import { type RetrySettings, threeAttempts } from '../integration/retry.ts'
import { columnNames, type StatementOptions, tableName, type TableName } from './options.ts'

/** What becomes of a row whose key is there already. */
export interface ConflictUpdate {
  /** The columns whose equality is the conflict, as in `ON CONFLICT (…)`; a unique index has them. */
  readonly columns: readonly string[]
  /** The columns that the row that is there takes from the new one. */
  readonly update: readonly string[]
}

/** Options of `insertBatcher`: those of a `Batcher`, but for `splitOnError` and `dedupeKey`, and these. */
export interface InsertBatcherOptions<Row> extends StatementOptions<Row> {
  /** The table, or schema and table. Names are quoted: upper and lower case count. */
  readonly table: TableName
  /** The columns that a row's fields of the same names go to. What a row lacks is NULL. */
  readonly columns: readonly (keyof Row & string)[]
  /**
   * The columns of the stored row that its caller gets, as an object.
   * @default none: callers get `undefined`
   */
  readonly returning?: readonly string[] | undefined
  /**
   * What becomes of a row that meets one with the same key: it fails alone, is left out (and gives
   * `undefined`), or updates it; of several in one batch the last wins.
   * @default 'fail'
   */
  readonly onConflict?: 'fail' | 'ignore' | ConflictUpdate | undefined
  /**
   * Declares that a row may be stored twice without harm: then statements whose outcome is not known
   * are sent again too.
   * @default false
   */
  readonly idempotent?: boolean | undefined
}

/** The options of an insert as they were read. */
export interface InsertSettings {
  readonly table: readonly string[]
  readonly columns: readonly string[]
  readonly returning: readonly string[] | undefined
  readonly onConflict: 'fail' | 'ignore' | ConflictUpdate
  readonly idempotent: boolean
  readonly retry: RetrySettings
}

const conflictUpdate = /* @__PURE__ */ fields<ConflictUpdate>({
  columns: columnNames,
  update: columnNames,
})

const onConflict: Guard<InsertSettings['onConflict']> = (action, name, value) => {
  if (value === 'fail' || value === 'ignore') return value
  if (typeof value === 'object' && value !== null) return conflictUpdate(action, name, value)
  throw refusal(action, name, "'fail', 'ignore' or { columns, update }", value)
}

export const insertGuards: {
  readonly [Name in keyof InsertSettings]: Guard<InsertSettings[Name]>
} = {
  table: tableName,
  columns: columnNames,
  returning: /* @__PURE__ */ optional(columnNames),
  onConflict: /* @__PURE__ */ optional(onConflict, 'fail'),
  idempotent: /* @__PURE__ */ optional(/* @__PURE__ */ typed<boolean>('boolean'), false),
  retry: threeAttempts,
}
