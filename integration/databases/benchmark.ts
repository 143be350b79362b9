/**
 * Rows one by one, through the batcher and in batches written by hand, in rounds that alternate:
 * `npm run bench`, with a number of rows if not 100,000.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { PGlite } from '@electric-sql/pglite'
import Sqlite from 'better-sqlite3'
import * as mysql from 'jitney/mysql'
import * as postgres from 'jitney/postgres'
import * as sqlite from 'jitney/sqlite'
import mysql2 from 'mysql2/promise'
import pg from 'pg'

import { mariadbServer } from './mariadb-server.ts'
import { postgresServer } from './postgres-server.ts'
import { installServices } from '../services.ts'
import { hasServer, startServer } from './server.ts'

interface Row {
  id: number
  name: string
  amount: number
}
interface Store {
  process(row: Row): Promise<undefined>
}
interface Contest {
  readonly name: string
  readonly isEmbedded?: boolean
  clear(): Promise<void>
  single(row: Row): Promise<unknown>
  byHand(rows: readonly Row[]): Promise<unknown>
  readonly store: Store
  end(): Promise<void>
}

const count = Number(process.argv[2] ?? 100_000)
const rounds = 5
const size = 1000
const columns = ['id', 'name', 'amount'] as const
const options = { table: 'rows', columns, maxBatchSize: size }
const create = 'create table rows (id int, name varchar(40), amount int)'
const rows = Array.from({ length: count }, (_, id): Row => ({
  id,
  name: `row ${id}`,
  amount: id * 7,
}))

const unnest = `insert into rows (id, name, amount)
  select * from unnest($1::int[], $2::text[], $3::int[])`

function arraysOf(some: readonly Row[]): unknown[] {
  return columns.map((name) => some.map((row) => row[name]))
}

async function onPostgres(): Promise<Contest> {
  const server = await startServer(postgresServer())
  const pool = new pg.Pool({
    host: '127.0.0.1',
    port: server.port,
    user: 'jitney',
    database: 'postgres',
    max: 1,
  })
  await pool.query(create)
  return {
    name: 'PostgreSQL',
    clear: async () => void (await pool.query('truncate rows')),
    single: ({ id, name, amount }) =>
      pool.query('insert into rows (id, name, amount) values ($1, $2, $3)', [id, name, amount]),
    byHand: (some) => pool.query(unnest, arraysOf(some)),
    store: postgres.insertBatcher<Row>(pool, { ...options, concurrency: 2 }),
    end: async () => {
      await pool.end()
      await server.end()
    },
  }
}

async function onPglite(): Promise<Contest> {
  const database = await PGlite.create()
  await database.query(create)
  return {
    name: 'PGlite',
    isEmbedded: true,
    clear: async () => void (await database.query('truncate rows')),
    single: ({ id, name, amount }) =>
      database.query('insert into rows (id, name, amount) values ($1, $2, $3)', [id, name, amount]),
    byHand: (some) => database.query(unnest, arraysOf(some)),
    store: postgres.insertBatcher<Row>(database, options),
    end: () => database.close(),
  }
}

async function onMariadb(): Promise<Contest> {
  const server = await startServer(mariadbServer())
  const pool = mysql2.createPool({
    host: '127.0.0.1',
    port: server.port,
    user: 'root',
    connectionLimit: 1,
  })
  await pool.query('create database jitney')
  await pool.query('use jitney')
  await pool.query(create.replace('rows', '`rows`'))
  return {
    name: 'MariaDB',
    clear: async () => void (await pool.query('truncate `rows`')),
    single: ({ id, name, amount }) =>
      pool.query('insert into `rows` (id, name, amount) values (?, ?, ?)', [id, name, amount]),
    byHand: (some) =>
      pool.query('insert into `rows` (id, name, amount) values ?', [
        some.map(({ id, name, amount }) => [id, name, amount]),
      ]),
    store: mysql.insertBatcher<Row>(pool, { ...options, concurrency: 2 }),
    end: async () => {
      await pool.end()
      await server.end()
    },
  }
}

async function onSqlite(): Promise<Contest> {
  const folder = mkdtempSync(join(tmpdir(), 'jitney-sqlite-'))
  const database = new Sqlite(join(folder, 'data'))
  database.pragma('journal_mode = wal')
  database.exec(create)
  const statement = database.prepare('insert into rows (id, name, amount) values (?, ?, ?)')
  const all = database.transaction((some: readonly Row[]) => {
    for (const { id, name, amount } of some) statement.run(id, name, amount)
  })
  return {
    name: 'SQLite',
    isEmbedded: true,
    clear: async () => void database.exec('delete from rows'),
    single: async ({ id, name, amount }) => statement.run(id, name, amount),
    byHand: async (some) => all.immediate(some),
    store: sqlite.insertBatcher<Row>(database, options),
    end: async () => {
      database.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Of this process's work where the database is in it: others that use the machine do not count. */
async function seconds(contest: Contest, work: () => Promise<unknown>): Promise<number> {
  await contest.clear()
  globalThis.gc?.()
  const start = performance.now()
  const used = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(used)
  return contest.isEmbedded ? (user + system) / 1e6 : (performance.now() - start) / 1000
}

async function byHand({ byHand: insert }: Contest): Promise<void> {
  for (let from = 0; from < count; from += size) await insert(rows.slice(from, from + size))
}

/** As many callers as fill three batches, each with a row of its own at a time. */
async function batched({ store }: Contest): Promise<void> {
  let next = 0
  const caller = async (): Promise<void> => {
    while (next < count) await store.process(rows[next++]!)
  }
  await Promise.all(Array.from({ length: 3 * size }, caller))
}

async function burst({ store }: Contest): Promise<void> {
  await Promise.all(rows.map((row) => store.process(row)))
}

function median(values: number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!
}

async function measure(contest: Contest): Promise<void> {
  const few = rows.slice(0, Math.min(count, 5000))
  const alone = await seconds(contest, async () => {
    for (const row of few) await contest.single(row)
  })
  const ratios: Record<'burst' | 'batched', number[]> = { burst: [], batched: [] }
  const hands: number[] = []
  for (let round = -2; round < rounds; round += 1) {
    const hand = await seconds(contest, () => byHand(contest))
    const inBurst = await seconds(contest, () => burst(contest))
    const inLoop = await seconds(contest, () => batched(contest))
    if (round < 0) continue
    hands.push(hand)
    ratios.burst.push(hand / inBurst)
    ratios.batched.push(hand / inLoop)
  }
  const rate = count / median(hands)
  console.log(
    [
      contest.name.padEnd(12),
      `one by one ${Math.round(few.length / alone)}/s`,
      `by hand ${Math.round(rate)}/s`,
      `batcher, all at once ${median(ratios.burst).toFixed(2)} of it`,
      `3000 callers in a loop ${median(ratios.batched).toFixed(2)} of it`,
    ].join(', '),
  )
  await contest.end()
}

await measure(await onSqlite())
await measure(await onPglite())
installServices(['mariadb-server', 'postgresql'])
if (hasServer(postgresServer)) await measure(await onPostgres())
if (hasServer(mariadbServer)) await measure(await onMariadb())
