import type { Batcher } from '../../batcher/batcher.ts'
import { type InsertBatcherOptions, insertGuards, type InsertSettings } from '../insert-options.ts'
import { readSqlOptions } from '../own-options.ts'
import { quoteName, quoteNames, quoteTable } from '../quote.ts'
import { sqlBatcher } from '../sql-batcher.ts'
import { checkDatabase } from './check-database.ts'
import type { SqliteDatabase, SqliteStatement } from './database.ts'
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
  let statements: Statements | undefined

  return sqlBatcher<Row, Returned>(
    {
      action,
      retry: own.retry,
      idempotent: own.idempotent,
      draft: () => {
        // Side by side and not a list for each row, which would take longer than to store it.
        const values: never[] = []
        return {
          add(row) {
            const fields = Object(row) as Record<string, unknown>
            const start = values.length
            try {
              for (const name of columns) values.push(bound(fields[name], name, action) as never)
            } catch (error) {
              values.length = start
              throw error
            }
            return true
          },
          send() {
            statements ??= prepared(database, own)
            return inTransaction(database, action, stepsOf<Returned>(own, statements, values))
          },
        }
      },
      verdictOn: verdictOnSqlite,
    },
    rest,
  )
}

interface Statements {
  readonly one: SqliteStatement
  /** Stores so many rows, in less time than one by one. */
  readonly several?: SqliteStatement
  readonly count: number
}

function prepared(database: SqliteDatabase, settings: InsertSettings): Statements {
  const { columns, returning } = settings
  const one = database.prepare(sqlOf(settings, 1))
  const count = Math.floor(mostTogether / columns.length)
  if (returning !== undefined || count < 2) return { one, count: 1 }
  return { one, several: database.prepare(sqlOf(settings, count)), count }
}

function stepsOf<Returned>(
  { columns, returning }: InsertSettings,
  { one, several, count }: Statements,
  values: readonly never[],
): Steps<Returned> {
  const width = columns.length
  const valuesOf = (start: number, rows: number): never[] =>
    values.slice(start * width, (start + rows) * width)
  return {
    length: values.length / width,
    one(index) {
      const row = valuesOf(index, 1)
      if (returning !== undefined) return one.get(...row) as Returned
      one.run(...row)
      return undefined as Returned
    },
    several: several && { count, run: (start) => several.run(...valuesOf(start, count)) },
  }
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
