import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import Sqlite from 'better-sqlite3'
import { insertBatcher } from 'jitney/sqlite'

import { batchSize, columns, type Contest, createTable, type Row } from '../contest.ts'

export async function contest(): Promise<Contest> {
  const folder = mkdtempSync(join(tmpdir(), 'jitney-sqlite-'))
  const database = new Sqlite(join(folder, 'data'))
  database.pragma('journal_mode = wal')
  database.exec(createTable)
  const statement = database.prepare('insert into rows (id, name, amount) values (?, ?, ?)')
  const all = database.transaction((rows: readonly Row[]) => {
    for (const { id, name, amount } of rows) statement.run(id, name, amount)
  })
  return {
    processes: [],
    clear: async () => void database.exec('delete from rows'),
    single: async ({ id, name, amount }) => statement.run(id, name, amount),
    byHand: async (rows) => all.immediate(rows),
    store: insertBatcher<Row>(database, { table: 'rows', columns, maxBatchSize: batchSize }),
    end: async () => {
      database.close()
      rmSync(folder, { recursive: true })
    },
  }
}
