import type { Batcher } from '../../batcher/batcher.ts'
import { type InsertBatcherOptions, insertGuards, type InsertSettings } from '../insert-options.ts'
import { byOrdinal } from '../ordinals.ts'
import { readSqlOptions } from '../own-options.ts'
import { Room } from '../room.ts'
import { sqlBatcher } from '../sql-batcher.ts'
import { checkClient } from '../check-client.ts'
import type { MysqlClient } from './client.ts'
import { sizeOf, termOf } from './encode.ts'
import { insertSql, place } from './insert-sql.ts'
import { mostParameters } from './limits.ts'
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
  const most = Math.max(1, Math.floor(mostParameters / columns.length))

  return sqlBatcher<Row, Returned>(
    {
      action,
      retry: own.retry,
      idempotent: own.idempotent,
      prepare: packet.prepare,
      draft: () => {
        const room = new Room(action, most, packet.size)
        const values: unknown[] = []
        const rows: string[] = []
        return {
          add(row) {
            const fields = Object(row) as Record<string, unknown>
            const start = values.length
            try {
              let text = returning === undefined ? '(' : `(${rows.length + 1}, `
              for (let index = 0; index < columns.length; index += 1) {
                const name = columns[index]!
                const term = termOf(fields[name], name, action, values)
                text += index === 0 ? term : `, ${term}`
              }
              // With what is around it and before the next one.
              if (room.take(text.length + sizeOf(values, start) + 3)) {
                rows.push(`${text})`)
                return true
              }
            } catch (error) {
              values.length = start
              throw error
            }
            values.length = start
            return false
          },
          async send() {
            const { length } = rows
            const sql = insertSql(own, rows.join(',\n'))
            // Else the rows would be there until the answer comes.
            rows.length = 0
            const stored = rowsOf(await client.query(sql, values))
            if (returning === undefined) return undefined
            return byOrdinal<Returned>(stored.filter(isNew), length, place) as Returned[]
          },
        }
      },
      verdictOn: verdictOnMysql,
    },
    rest,
  )
}

/** Whether a row was stored by this statement, and not there already. */
function isNew(row: unknown): boolean {
  return Number((row as Record<string, unknown>)[place]) > 0
}
