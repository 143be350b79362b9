import type { Batcher } from '../../batcher/batcher.ts'
import { batcherOfStatements } from '../statement-batcher.ts'
import type { StatementBatcherOptions } from '../statement-options.ts'
import { checkClient } from '../check-client.ts'
import type { PostgresClient } from './client.ts'
import { mostParameters } from './limits.ts'
import { verdictOnPostgres } from './verdict.ts'

/**
 * A batcher over a statement of yours for many items, an `update` of many rows for one.
 *
 * - **Rows** say by their column `ordinal`, counted from 1, which item they are for; callers get
 *   them without it. An item without a row gets `undefined`.
 * - **A bad item** fails alone; attempts and errors are those of `insertBatcher`. A statement with
 *   more than 65,535 values is sent in halves.
 *
 * @param client a pool, or another thing with pg's `query`.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { PGlite } from '@electric-sql/pglite'
 * import { statementBatcher } from 'jitney/postgres'
 *
 * const database = await PGlite.create()
 * await database.exec(`create table stock (id int primary key, amount int);
 *   insert into stock values (1, 10), (2, 20)`)
 *
 * interface Change {
 *   id: number
 *   by: number
 * }
 * const changes = statementBatcher<Change, { amount: number }>(database, {
 *   statement: (items) => ({
 *     sql: `update stock set amount = amount + c.by
 *       from unnest($1::int[], $2::int[]) with ordinality as c(id, by, ordinal)
 *       where stock.id = c.id returning c.ordinal, amount`,
 *     values: [items.map(({ id }) => id), items.map(({ by }) => by)],
 *   }),
 * })
 * const [second, unknown] = await changes.processAll([{ id: 2, by: -1 }, { id: 3, by: 1 }])
 * second // => { amount: 19 }
 * unknown // => undefined
 * await changes.close()
 * await database.close()
 * ```
 */
export function statementBatcher<Item, Row = undefined>(
  client: PostgresClient,
  options: StatementBatcherOptions<Item>,
): Batcher<Item, Row | undefined> {
  return batcherOfStatements<Item, Row>(
    {
      check: (action) => checkClient(action, client),
      mostParameters,
      query: async (sql, values) => (await client.query(sql, values)).rows,
      verdictOn: verdictOnPostgres,
    },
    options,
  )
}
