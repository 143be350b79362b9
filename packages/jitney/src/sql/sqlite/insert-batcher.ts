import type { Batcher } from '../../batcher/batcher.ts'
import { type InsertBatcherOptions, insertGuards, type InsertSettings } from '../insert-options.ts'
import { readSqlOptions } from '../own-options.ts'
import { quoteName, quoteNames, quoteTable } from '../quote.ts'
import { sqlBatcher } from '../sql-batcher.ts'
import { checkDatabase } from './check-database.ts'
import type { SqliteDatabase } from './database.ts'
import { bound } from './encode.ts'
import { inTransaction, type Steps } from './transaction.ts'
import { verdictOnSqlite } from './verdict.ts'

const action = 'store row'
/** Values of one statement: more of them bring little. */
const mostTogether = 96

/**
 * A batcher that stores rows in a table of SQLite: callers store one row each, and each batch is one
 * transaction of prepared inserts.
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
  const { columns } = own
  let steps: Steps<never[], Returned> | undefined

  return sqlBatcher<Row, never[], Returned>(
    {
      action,
      retry: own.retry,
      idempotent: own.idempotent,
      encode: (row) => {
        const fields = Object(row) as Record<string, unknown>
        const values: never[] = []
        for (const name of columns) values.push(bound(fields[name], name, action) as never)
        return values
      },
      capacity: () => ({ items: Infinity, size: Infinity }),
      sizeOf: () => 0,
      execute: (rows) => {
        steps ??= stepsOf<Returned>(database, own)
        return inTransaction(database, action, rows, steps)
      },
      verdictOn: verdictOnSqlite,
    },
    rest,
  )
}

/** Statements of one row, and of several, which take less calls, where no rows are given back. */
function stepsOf<Returned>(
  database: SqliteDatabase,
  settings: InsertSettings,
): Steps<never[], Returned> {
  const single = database.prepare(sqlOf(settings, 1))
  if (settings.returning !== undefined) {
    return { one: (values) => single.get(...values) as Returned }
  }
  const one = (values: never[]): Returned => {
    single.run(...values)
    return undefined as Returned
  }
  const count = Math.floor(mostTogether / settings.columns.length)
  if (count < 2) return { one }
  const together = database.prepare(sqlOf(settings, count))
  const run = (rows: readonly never[][], start: number): void => {
    const values: never[] = []
    for (let index = start; index < start + count; index += 1) {
      for (const value of rows[index]!) values.push(value)
    }
    together.run(...values)
  }
  return { one, several: { count, run } }
}

function sqlOf(settings: InsertSettings, count: number): string {
  const { table, columns, returning, onConflict } = settings
  const row = `(${columns.map(() => '?').join(', ')})`
  const values = Array.from({ length: count }, () => row).join(', ')
  let sql = `insert into ${quoteTable(table)} (${quoteNames(columns)}) values ${values}`
  if (onConflict === 'ignore') sql += ' on conflict do nothing'
  else if (onConflict !== 'fail') {
    const updates = onConflict.update.map(
      (name) => `${quoteName(name)} = excluded.${quoteName(name)}`,
    )
    sql += ` on conflict (${quoteNames(onConflict.columns)}) do update set ${updates.join(', ')}`
  }
  return returning === undefined ? sql : `${sql} returning ${quoteNames(returning)}`
}
