import type { Batcher } from '../../batcher/batcher.ts'
import { type InsertBatcherOptions, insertGuards, type InsertSettings } from '../insert-options.ts'
import { readSqlOptions } from '../own-options.ts'
import { quoteName, quoteNames, quoteTable } from '../quote.ts'
import { sqlBatcher } from '../sql-batcher.ts'
import { checkDatabase } from './check-database.ts'
import type { SqliteDatabase, SqliteStatement } from './database.ts'
import { bound } from './encode.ts'
import { inTransaction } from './transaction.ts'
import { verdictOnSqlite } from './verdict.ts'

const action = 'store row'

/**
 * A batcher that stores rows in a table of SQLite: callers store one row each, and each batch is one
 * transaction, in which a prepared `insert` runs for each row.
 *
 * - **Values** are bound; names are quoted. Dates are written in ISO 8601, objects and arrays as
 *   JSON, booleans as 1 and 0.
 * - **A bad row** fails alone.
 * - **Again** while the database is locked. Never begin a transaction of your own that waits for
 *   something: batches would have to wait for its end, and fail.
 * - **Failure.** A caller gets a `SqlError`; what it says is not stored is not stored.
 * - **The event loop** stands still for a batch: some milliseconds for a thousand rows.
 *
 * @param database of better-sqlite3 or node:sqlite.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts no-run
 * import { insertBatcher, type SqliteDatabase } from 'jitney/sqlite'
 *
 * declare const database: SqliteDatabase // new Database(file) of better-sqlite3
 *
 * const people = insertBatcher<{ name: string }, { id: number }>(database, {
 *   table: 'people',
 *   columns: ['name'],
 *   returning: ['id'],
 * })
 * const { id } = await people.process({ name: 'Ada' })
 * ```
 */
export function insertBatcher<Row extends object, Returned = undefined>(
  database: SqliteDatabase,
  options: InsertBatcherOptions<Row>,
): Batcher<Row, Returned> {
  const creating = 'create insertBatcher'
  checkDatabase(creating, database)
  const { own, rest } = readSqlOptions<InsertSettings, Row>(creating, insertGuards, options)
  const { columns, returning } = own
  const sql = sqlOf(own)
  let statement: SqliteStatement | undefined

  return sqlBatcher<Row, never[], Returned>(
    {
      action,
      retry: own.retry,
      idempotent: own.idempotent,
      encode: (row) => {
        const fields = Object(row) as Record<string, unknown>
        return columns.map((name) => bound(fields[name], name, action) as never)
      },
      capacity: () => ({ items: Infinity, size: Infinity }),
      sizeOf: () => 0,
      execute: (rows) => {
        statement ??= database.prepare(sql)
        const { get, run } = statement
        const step =
          returning === undefined
            ? (values: never[]) => void run.apply(statement, values)
            : (values: never[]) => get.apply(statement, values)
        return inTransaction(database, action, rows, step as (values: never[]) => Returned)
      },
      verdictOn: verdictOnSqlite,
    },
    rest,
  )
}

function sqlOf({ table, columns, returning, onConflict }: InsertSettings): string {
  const places = columns.map(() => '?').join(', ')
  let sql = `insert into ${quoteTable(table)} (${quoteNames(columns)}) values (${places})`
  if (onConflict === 'ignore') sql += ' on conflict do nothing'
  else if (onConflict !== 'fail') {
    const updates = onConflict.update.map(
      (name) => `${quoteName(name)} = excluded.${quoteName(name)}`,
    )
    sql += ` on conflict (${quoteNames(onConflict.columns)}) do update set ${updates.join(', ')}`
  }
  return returning === undefined ? sql : `${sql} returning ${quoteNames(returning)}`
}
