import type { Batcher } from '../../batcher/batcher.ts'
import { distinct } from '../distinct.ts'
import { hexOf } from '../../platform/hex.ts'
import { bytesIn } from '../bytes-in.ts'
import { listDraft } from '../list-draft.ts'
import { type LoadBatcherOptions, loadGuards, type LoadSettings } from '../load-options.ts'
import { readSqlOptions } from '../own-options.ts'
import { quoteName, quoteNames, quoteTable } from '../quote.ts'
import { failureOf } from '../sql-error.ts'
import { sqlBatcher } from '../sql-batcher.ts'
import { checkDatabase } from './check-database.ts'
import type { SqliteDatabase, SqliteStatement } from './database.ts'
import { bound } from './encode.ts'
import { isOfRow, stateOf, verdictOnSqlite } from './verdict.ts'

const action = 'load row'

/**
 * A batcher that reads rows of a table of SQLite by a key: callers read one row each, and a prepared
 * `select` runs once for each different key of a batch.
 *
 * - **A missing row** is `undefined`. Equal keys of a batch share the object.
 * - **Matching** is the database's.
 * - **No cache**: a call sees what was stored before it.
 *
 * @param database of better-sqlite3 or node:sqlite.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts no-run
 * import { loadBatcher, type SqliteDatabase } from 'jitney/sqlite'
 *
 * declare const database: SqliteDatabase // new Database(file) of better-sqlite3
 *
 * const people = loadBatcher<number, { id: number; name: string }>(database, {
 *   table: 'people',
 *   key: 'id',
 * })
 * const ada = await people.process(1)
 * console.log(ada?.name)
 * ```
 */
export function loadBatcher<Key, Row extends object>(
  database: SqliteDatabase,
  options: LoadBatcherOptions<Key>,
): Batcher<Key, Row | undefined> {
  const creating = 'create loadBatcher'
  checkDatabase(creating, database)
  const { own, rest } = readSqlOptions<LoadSettings, Key>(creating, loadGuards, options)
  const wanted = own.columns === undefined ? '*' : quoteNames(own.columns)
  const sql = `select ${wanted} from ${quoteTable(own.table)} where ${quoteName(own.key)} = ?`
  let statement: SqliteStatement | undefined

  return sqlBatcher<Key, Row | undefined>(
    {
      action,
      retry: own.retry,
      idempotent: true,
      draft: () =>
        listDraft<Key, never, Row | undefined>(
          (key) => bound(key, own.key, action) as never,
          () => true,
          (keys) => {
            const { firsts, spread } = distinct(keys, identityOf)
            const select = (statement ??= database.prepare(sql))
            return spread(firsts.map((key) => read<Row>(select, key as never)))
          },
        ),
      verdictOn: verdictOnSqlite,
    },
    rest,
  )
}

function read<Row>(select: SqliteStatement, key: never): Row | undefined | Error {
  try {
    return select.get(key) as Row | undefined
  } catch (error) {
    if (isOfRow(error)) return failureOf(action, error, 'no', stateOf(error))
    throw error
  }
}

function identityOf(key: unknown): unknown {
  return typeof key === 'object' && key !== null ? `X'${hexOf(bytesIn(key)!)}'` : key
}
