import type { Batcher } from '../../batcher/batcher.ts'
import { batcherOfStatements } from '../statement-batcher.ts'
import type { StatementBatcherOptions } from '../statement-options.ts'
import { checkDatabase } from './check-database.ts'
import type { SqliteDatabase } from './database.ts'
import { mostParameters } from './limits.ts'
import { isOfRow, verdictOnSqlite } from './verdict.ts'

/**
 * A batcher over a statement of yours for many items, an `update` of many rows for one.
 *
 * - **Rows** say by their column `ordinal`, counted from 1, which item they are for; callers get
 *   them without it. An item without a row gets `undefined`.
 * - **Values** go to the client as they are.
 * - **A bad item** fails alone; attempts and errors are those of `insertBatcher`. A statement with
 *   more than 32,766 values is sent in halves.
 *
 * @param database of better-sqlite3 or node:sqlite.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts no-run
 * import { type SqliteDatabase, statementBatcher } from 'jitney/sqlite'
 *
 * declare const database: SqliteDatabase // new Database(file) of better-sqlite3
 *
 * const closed = statementBatcher<number>(database, {
 *   statement: (ids) => ({
 *     sql: `update tickets set closed = 1 where id in (${ids.map(() => '?').join(', ')})`,
 *     values: ids,
 *   }),
 * })
 * await closed.process(12)
 * ```
 */
export function statementBatcher<Item, Row = undefined>(
  database: SqliteDatabase,
  options: StatementBatcherOptions<Item>,
): Batcher<Item, Row | undefined> {
  return batcherOfStatements<Item, Row>(
    {
      check: (action) => checkDatabase(action, database),
      mostParameters,
      query: async (sql, values) => {
        const statement = database.prepare(sql)
        if (givesRows(statement)) return statement.all(...(values as never[])) as unknown[]
        statement.run(...(values as never[]))
        return []
      },
      verdictOn: (error) => {
        const verdict = verdictOnSqlite(error)
        // A value that cannot be bound, or that a trigger refuses.
        return verdict.action === 'fail' && isOfRow(error)
          ? { ...verdict, action: 'split' }
          : verdict
      },
    },
    options,
  )
}

/** better-sqlite3 refuses `all` where there are no rows; node:sqlite does not say, and gives none. */
function givesRows(statement: object): boolean {
  return (statement as { reader?: unknown }).reader !== false
}
