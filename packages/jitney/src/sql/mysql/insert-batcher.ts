import type { Batcher } from '../../batcher/batcher.ts'
import { type InsertBatcherOptions, insertGuards, type InsertSettings } from '../insert-options.ts'
import { byOrdinal } from '../ordinals.ts'
import { readSqlOptions } from '../own-options.ts'
import { sqlBatcher } from '../sql-batcher.ts'
import { checkClient } from '../check-client.ts'
import type { MysqlClient } from './client.ts'
import { insertDraft } from './insert-draft.ts'
import { insertSql, place } from './insert-sql.ts'
import { checkNames } from './names.ts'
import { Packet } from './packet.ts'
import { rowsOf } from './rows-of.ts'
import { verdictOnMysql } from './verdict.ts'

const action = 'store row'

/**
 * A batcher that stores rows in a table of MariaDB or MySQL: callers store one row each, and each
 * batch is one `insert` of many rows, or several where one would pass `max_allowed_packet`.
 *
 * - **Values** are placeholders, or hexadecimal digits where an `sql_mode` could read a text in two
 *   ways; names are quoted. Objects and arrays are written as JSON.
 * - **`returning`** needs MariaDB 10.5 or later, and is matched by a variable that each row sets.
 * - **`onConflict`**: the database does not tell which key conflicts, so `columns` is not looked at.
 * - **A bad row** fails alone: the statement is sent in halves, in order, until it is alone. That
 *   needs tables whose statements are atomic, InnoDB's for one.
 * - **Again** after deadlocks, lock timeouts and refused connections.
 * - **Failure.** A caller gets a `SqlError`, whose `isOutcomeKnown` says whether the row is certainly
 *   not stored. After a lost connection it may be, and only with `idempotent` it is sent again.
 * - **Abort.** What is aborted is not sent any more; a statement that runs is not cancelled.
 *
 * @param client a pool or connection of mysql2/promise or mariadb.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts no-run
 * import { insertBatcher, type MysqlClient } from 'jitney/mysql'
 *
 * declare const pool: MysqlClient // createPool() of mysql2/promise or mariadb
 *
 * const people = insertBatcher<{ name: string }, { id: number }>(pool, {
 *   table: 'people',
 *   columns: ['name'],
 *   returning: ['id'],
 * })
 * const { id } = await people.process({ name: 'Ada' })
 * ```
 */
export function insertBatcher<Row extends object, Returned = undefined>(
  client: MysqlClient,
  options: InsertBatcherOptions<Row>,
): Batcher<Row, Returned> {
  const creating = 'create insertBatcher'
  checkClient(creating, client)
  const { own, rest } = readSqlOptions<InsertSettings, Row>(creating, insertGuards, options)
  const { table, columns, returning, onConflict } = own
  const updated = typeof onConflict === 'object' ? onConflict.update : []
  checkNames(creating, [...table, ...columns, ...(returning ?? []), ...updated])
  const packet = new Packet(client)
  const store = async (
    rows: string,
    values: unknown[],
    length: number,
  ): Promise<Returned[] | undefined> => {
    const stored = rowsOf(await client.query(insertSql(own, rows), values))
    if (returning === undefined) return undefined
    return byOrdinal<Returned>(stored.filter(isNew), length, place) as Returned[]
  }

  return sqlBatcher<Row, Returned>(
    {
      action,
      retry: own.retry,
      idempotent: own.idempotent,
      prepare: packet.prepare,
      draft: () => insertDraft(columns, action, packet.size, returning !== undefined, store),
      verdictOn: verdictOnMysql,
    },
    rest,
  )
}

/** Whether a row was stored by this statement, and not there already. */
function isNew(row: unknown): boolean {
  return Number((row as Record<string, unknown>)[place]) > 0
}
