import { readFileSync } from 'node:fs'

import { insertBatcher } from 'jitney/mysql'
import mysql2 from 'mysql2/promise'

import { batchSize, columns, type Contest, createTable, type Place, type Row } from '../contest.ts'

const into = 'insert into `rows` (id, name, amount) values'

export async function contest({ port, connections }: Place): Promise<Contest> {
  const address = { host: '127.0.0.1', port, user: 'root' }
  const maker = await mysql2.createConnection(address)
  await maker.query('create database if not exists jitney')
  await maker.end()
  const pool = mysql2.createPool({ ...address, database: 'jitney', connectionLimit: connections })
  await pool.query('drop table if exists `rows`')
  await pool.query(createTable.replace('rows', '`rows`'))
  const [files] = await pool.query('select @@pid_file as file')
  const [{ file }] = files as [{ file: string }]
  return {
    processes: [Number(readFileSync(file, 'utf8'))],
    clear: async () => void (await pool.query('truncate `rows`')),
    single: ({ id, name, amount }) => pool.query(`${into} (?, ?, ?)`, [id, name, amount]),
    byHand: (rows) =>
      pool.query(`${into} ?`, [rows.map(({ id, name, amount }) => [id, name, amount])]),
    store: insertBatcher<Row>(pool, {
      table: 'rows',
      columns,
      maxBatchSize: batchSize,
      concurrency: connections + 1,
    }),
    end: () => pool.end(),
  }
}
