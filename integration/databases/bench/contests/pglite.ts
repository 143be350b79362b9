import { PGlite } from '@electric-sql/pglite'
import { insertBatcher } from 'jitney/postgres'

import { batchSize, columns, type Contest, createTable, type Row } from '../contest.ts'
import { arraysOf, insertOne, unnest } from './unnest.ts'

export async function contest(): Promise<Contest> {
  const database = await PGlite.create()
  await database.query(createTable)
  return {
    processes: [],
    clear: async () => void (await database.query('truncate rows')),
    single: ({ id, name, amount }) => database.query(insertOne, [id, name, amount]),
    byHand: (rows) => database.query(unnest, arraysOf(rows)),
    store: insertBatcher<Row>(database, { table: 'rows', columns, maxBatchSize: batchSize }),
    end: () => database.close(),
  }
}
