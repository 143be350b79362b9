import { insertBatcher } from 'jitney/postgres'
import pg from 'pg'

import { batchSize, columns, type Contest, createTable, type Place, type Row } from '../contest.ts'
import { arraysOf, insertOne, unnest } from './unnest.ts'

export async function contest({ port, connections }: Place): Promise<Contest> {
  const pool = new pg.Pool({
    host: '127.0.0.1',
    port,
    user: 'jitney',
    database: 'postgres',
    max: connections,
  })
  await pool.query('drop table if exists rows')
  await pool.query(createTable)
  const clients = await Promise.all(Array.from({ length: connections }, () => pool.connect()))
  const processes = clients.map((client) => (client as unknown as { processID: number }).processID)
  for (const client of clients) client.release()
  return {
    processes,
    clear: async () => void (await pool.query('truncate rows')),
    single: ({ id, name, amount }) => pool.query(insertOne, [id, name, amount]),
    byHand: (rows) => pool.query(unnest, arraysOf(rows)),
    store: insertBatcher<Row>(pool, {
      table: 'rows',
      columns,
      maxBatchSize: batchSize,
      concurrency: connections + 1,
    }),
    end: () => pool.end(),
  }
}
