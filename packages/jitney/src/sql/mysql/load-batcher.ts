import type { Batcher } from '../../batcher/batcher.ts'
import { checkClient } from '../check-client.ts'
import { distinct } from '../distinct.ts'
import { listDraft } from '../list-draft.ts'
import { type LoadBatcherOptions, loadGuards, type LoadSettings } from '../load-options.ts'
import { readSqlOptions } from '../own-options.ts'
import { quoteName, quoteNames, quoteTable } from '../quote.ts'
import { Room } from '../room.ts'
import { sqlBatcher } from '../sql-batcher.ts'
import type { MysqlClient } from './client.ts'
import { sizeOf, termOf } from './encode.ts'
import { decimalOf, foldOf, hasCollation, identityOf } from './key.ts'
import { mostParameters } from './limits.ts'
import { checkNames, mark } from './names.ts'
import { Packet } from './packet.ts'
import { rowsOf } from './rows-of.ts'
import { verdictOnMysql } from './verdict.ts'

interface EncodedKey {
  readonly key: unknown
  readonly sql: string
  /** What the placeholder in it stands for. */
  readonly values: readonly unknown[]
}

const action = 'load row'

const keyOfRow = 'jitney key'

/**
 * A batcher that reads rows of a table of MariaDB or MySQL by a key: callers read one row each, and
 * each batch is one `select … in (…)`, or several where one would pass `max_allowed_packet`.
 *
 * - **A missing row** is `undefined`. Equal keys of a batch are asked for once and share the object.
 * - **Matching** is the database's, upper and lower case included; a text that is no number is never
 *   equal to one.
 * - **No cache**: a call sees what was stored before it.
 * - **Attempts and errors** are those of `insertBatcher`, and as nothing is changed, a statement
 *   whose connection was lost is sent again.
 *
 * @param client a pool or connection of mysql2/promise or mariadb.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts no-run
 * import { loadBatcher, type MysqlClient } from 'jitney/mysql'
 *
 * declare const pool: MysqlClient // createPool() of mysql2/promise or mariadb
 *
 * const people = loadBatcher<number, { id: number; name: string }>(pool, {
 *   table: 'people',
 *   key: 'id',
 * })
 * const ada = await people.process(1)
 * console.log(ada?.name)
 * ```
 */
export function loadBatcher<Key, Row extends object>(
  client: MysqlClient,
  options: LoadBatcherOptions<Key>,
): Batcher<Key, Row | undefined> {
  const creating = 'create loadBatcher'
  checkClient(creating, client)
  const { own, rest } = readSqlOptions<LoadSettings, Key>(creating, loadGuards, options)
  const { table, key: name, columns } = own
  checkNames(creating, [...table, name, ...(columns ?? [])])
  const packet = new Packet(client)
  const column = quoteName(name, mark)
  const wanted = columns === undefined ? 't.*' : quoteNames(columns, mark)
  const select = `select ${column} as ${quoteName(keyOfRow, mark)}, ${wanted} from ${quoteTable(table, mark)} as t where ${column}`

  async function read(keys: readonly EncodedKey[]): Promise<Record<string, unknown>[]> {
    const list = keys.map(({ sql }) => sql).join(', ')
    const values = keys.flatMap(({ values: each }) => each)
    return rowsOf(await client.query(`${select} in (${list})`, values)) as never
  }

  /** The rows by their keys, as callers gave them. */
  async function load(keys: readonly EncodedKey[]): Promise<Map<unknown, object>> {
    const rows = await read(keys)
    const byIdentity = new Map(rows.map((row) => [identityOf(row[keyOfRow]), row]))
    const byNumber = new Map(rows.map((row) => [decimalOf(row[keyOfRow]), row]))
    const asked = new Set(keys.map(({ key }) => identityOf(key)))
    const folds = new Set(rows.map((row) => foldOf(row[keyOfRow])))
    const isStray = rows.some((row) => !asked.has(identityOf(row[keyOfRow])))
    const found = new Map<unknown, object>()
    for (const each of keys) {
      const { key } = each
      const number = typeof key === 'string' ? undefined : decimalOf(key)
      let row = byIdentity.get(identityOf(key))
      if (number !== undefined) row ??= byNumber.get(number)
      if (row === undefined && hasCollation(key) && (isStray || folds.has(foldOf(key)))) {
        // Equal to a row's key by its collation, or by what a column keeps of a moment.
        row = (await read([each])).find((one) => hasCollation(one[keyOfRow]))
      }
      if (row === undefined) continue
      const { [keyOfRow]: _, ...columnsOfRow } = row
      found.set(key, columnsOfRow)
    }
    return found
  }

  const encode = (key: Key): EncodedKey => {
    const values: unknown[] = []
    return { key, sql: termOf(key, name, action, values), values }
  }

  const find = async (keys: readonly EncodedKey[]): Promise<(Row | undefined)[]> => {
    const { firsts, spread } = distinct(keys, ({ key }) => identityOf(key))
    // Texts and numbers in one list are compared as fractions.
    const texts = firsts.filter(({ key }) => typeof key === 'string')
    const others = firsts.filter(({ key }) => typeof key !== 'string')
    const found = new Map<unknown, Row>()
    for (const kind of [texts, others]) {
      if (kind.length > 0) for (const [key, row] of await load(kind)) found.set(key, row as Row)
    }
    return spread(firsts.map(({ key }) => found.get(key)))
  }

  return sqlBatcher<Key, Row | undefined>(
    {
      action,
      retry: own.retry,
      idempotent: true,
      prepare: packet.prepare,
      draft: () => {
        const room = new Room(action, mostParameters, packet.size)
        return listDraft(
          encode,
          ({ sql, values }) => room.take(sql.length + sizeOf(values) + 2),
          find,
        )
      },
      verdictOn: verdictOnMysql,
    },
    rest,
  )
}
