import type { Batcher } from '../../batcher/batcher.ts'
import { distinct } from '../distinct.ts'
import { listDraft } from '../list-draft.ts'
import { type LoadBatcherOptions, loadGuards, type LoadSettings } from '../load-options.ts'
import { byOrdinal } from '../ordinals.ts'
import { readSqlOptions } from '../own-options.ts'
import { quoteName, quoteTable } from '../quote.ts'
import { Room } from '../room.ts'
import { sqlBatcher } from '../sql-batcher.ts'
import type { Column } from './catalog.ts'
import { checkClient } from '../check-client.ts'
import type { PostgresClient } from './client.ts'
import { elementOf, textOf } from './encode.ts'
import { place } from './insert-plan.ts'
import { columnOf, Known } from './known.ts'
import { bytesOf, mostBytes } from './limits.ts'
import { verdictOnPostgres } from './verdict.ts'

const action = 'load row'

/**
 * A batcher that reads rows of a table of PostgreSQL by a key: callers read one row each, and each
 * batch is one `select`.
 *
 * - **A missing row** is `undefined`. Equal keys of a batch are asked for once and share the object.
 * - **Matching** is the database's: what it holds for equal is equal.
 * - **No cache**: a call sees what was stored before it.
 * - **A bad key** fails alone; attempts and errors are those of `insertBatcher`, and as nothing is
 *   changed, a statement whose connection was lost is sent again.
 *
 * @param client a pool, or another thing with pg's `query`.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { PGlite } from '@electric-sql/pglite'
 * import { loadBatcher } from 'jitney/postgres'
 *
 * const database = await PGlite.create()
 * await database.exec(`create table people (id int primary key, name text);
 *   insert into people values (1, 'Ada'), (2, 'Grace')`)
 *
 * const people = loadBatcher<number, { id: number; name: string }>(database, {
 *   table: 'people',
 *   key: 'id',
 * })
 * const [grace, nobody] = await people.processAll([2, 7])
 * grace // => { id: 2, name: 'Grace' }
 * nobody // => undefined
 * await people.close()
 * await database.close()
 * ```
 */
export function loadBatcher<Key, Row extends object>(
  client: PostgresClient,
  options: LoadBatcherOptions<Key>,
): Batcher<Key, Row | undefined> {
  const creating = 'create loadBatcher'
  checkClient(creating, client)
  const { own, rest } = readSqlOptions<LoadSettings, Key>(creating, loadGuards, options)
  const known = new Known(client, own.table, (catalog) => columnOf(catalog, action, own.key))
  const wanted = own.columns?.map((name) => `t.${quoteName(name)}`).join(', ') ?? 't.*'
  const sqlOf = ({ type, hasArray }: Column): string => `
select ${wanted}, u.o as ${quoteName(place)}
from unnest($1::${hasArray ? type : 'text'}[]) with ordinality as u(k, o)
join ${quoteTable(own.table)} as t on t.${quoteName(own.key)} = ${hasArray ? 'u.k' : `u.k::${type}`}`

  return sqlBatcher<Key, Row | undefined>(
    {
      action,
      retry: own.retry,
      idempotent: true,
      prepare: known.prepare,
      draft: () => {
        const column = known.plan
        const room = new Room(action, Infinity, mostBytes)
        return listDraft(
          (key) => textOf(key, column.form, own.key),
          (text) => room.take(bytesOf(text)),
          async (texts) => {
            const { firsts, spread } = distinct(texts, (text) => text)
            const array = `{${firsts.map(elementOf).join(',')}}`
            const rows = await known.query(sqlOf(column), [array])
            return spread(byOrdinal<Row>(rows, firsts.length, place))
          },
        )
      },
      verdictOn: verdictOnPostgres,
    },
    rest,
  )
}
