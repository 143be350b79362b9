import type { Batcher } from '../../batcher/batcher.ts'
import { checkClient } from '../check-client.ts'
import { batcherOfStatements } from '../statement-batcher.ts'
import type { StatementBatcherOptions } from '../statement-options.ts'
import type { MysqlClient } from './client.ts'
import { mostParameters } from './limits.ts'
import { rowsOf } from './rows-of.ts'
import { verdictOnMysql } from './verdict.ts'

/**
 * A batcher over a statement of yours for many items, an `update` of many rows for one.
 *
 * - **Rows** say by their column `ordinal`, counted from 1, which item they are for; callers get
 *   them without it. An item without a row gets `undefined`.
 * - **Values** go to the client as they are.
 * - **A bad item** fails alone; attempts and errors are those of `insertBatcher`. A statement with
 *   more than 65,535 values is sent in halves.
 *
 * @param client a pool or connection of mysql2/promise or mariadb.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts no-run
 * import { type MysqlClient, statementBatcher } from 'jitney/mysql'
 *
 * declare const pool: MysqlClient // createPool() of mysql2/promise or mariadb
 *
 * const closed = statementBatcher<number>(pool, {
 *   statement: (ids) => ({
 *     sql: `update tickets set closed = now() where id in (${ids.map(() => '?').join(', ')})`,
 *     values: ids,
 *   }),
 *   idempotent: true,
 * })
 * await closed.process(12)
 * ```
 */
export function statementBatcher<Item, Row = undefined>(
  client: MysqlClient,
  options: StatementBatcherOptions<Item>,
): Batcher<Item, Row | undefined> {
  return batcherOfStatements<Item, Row>(
    {
      check: (action) => checkClient(action, client),
      mostParameters,
      query: async (sql, values) => rowsOf(await client.query(sql, values)),
      verdictOn: verdictOnMysql,
    },
    options,
  )
}
