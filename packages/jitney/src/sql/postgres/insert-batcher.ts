import type { Batcher } from '../../batcher/batcher.ts'
import { type InsertBatcherOptions, insertGuards, type InsertSettings } from '../insert-options.ts'
import { byOrdinal } from '../ordinals.ts'
import { readSqlOptions } from '../own-options.ts'
import { sqlBatcher } from '../sql-batcher.ts'
import { checkClient } from '../check-client.ts'
import type { PostgresClient } from './client.ts'
import { columnsDraft, valuesDraft } from './insert-draft.ts'
import { place, planInsert } from './insert-plan.ts'
import { Known } from './known.ts'
import { verdictOnPostgres } from './verdict.ts'

const action = 'store row'

/**
 * A batcher that stores rows in a table of PostgreSQL: callers store one row each, and each batch is
 * one `insert`.
 *
 * - **Parameters.** One array per column, of the column's type, which is asked of the database once;
 *   names are quoted. Dates, bytes, bigints, arrays and JSON are written as PostgreSQL reads them;
 *   in a JSON column, everything but `null` is JSON, texts included.
 * - **`returning`** is matched by the table's primary key, or the columns of the conflict, made
 *   before rows are stored; without such a key, or with triggers on rows, by a part of the statement
 *   for each row.
 * - **A bad row** fails alone: the statement is sent in halves, in order, until it is alone.
 * - **Again** after deadlocks, serialization failures, full disks and refused connections.
 * - **Failure.** A caller gets a `SqlError`, whose `isOutcomeKnown` says whether the row is certainly
 *   not stored. After a lost connection it may be, and only with `idempotent` it is sent again.
 * - **Abort.** What is aborted is not sent any more; a statement that runs is not cancelled.
 *
 * @param client a pool, or another thing with pg's `query`.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { PGlite } from '@electric-sql/pglite'
 * import { insertBatcher } from 'jitney/postgres'
 *
 * const database = await PGlite.create()
 * await database.exec('create table people (id serial primary key, name text)')
 *
 * const people = insertBatcher<{ name: string }, { id: number }>(database, {
 *   table: 'people',
 *   columns: ['name'],
 *   returning: ['id'],
 * })
 * const [ada, grace] = await people.processAll([{ name: 'Ada' }, { name: 'Grace' }])
 * ada // => { id: 1 }
 * grace // => { id: 2 }
 * await people.close()
 * await database.close()
 * ```
 */
export function insertBatcher<Row extends object, Returned = undefined>(
  client: PostgresClient,
  options: InsertBatcherOptions<Row>,
): Batcher<Row, Returned> {
  const creating = 'create insertBatcher'
  checkClient(creating, client)
  const { own, rest } = readSqlOptions<InsertSettings, Row>(creating, insertGuards, options)
  const known = new Known(client, own.table, (catalog) => planInsert(own, catalog))

  const store = async (
    sql: string,
    values: unknown[],
    length: number,
  ): Promise<Returned[] | undefined> => {
    const stored = await known.query(sql, values)
    if (own.returning === undefined) return undefined
    return byOrdinal<Returned>(stored, length, place) as Returned[]
  }

  return sqlBatcher<Row, Returned>(
    {
      action,
      retry: own.retry,
      idempotent: own.idempotent,
      prepare: known.prepare,
      draft: () => {
        const { plan } = known
        return (plan.isRowWise ? valuesDraft : columnsDraft)(plan, action, store)
      },
      verdictOn: verdictOnPostgres,
    },
    rest,
  )
}
