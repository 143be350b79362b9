/**
 * Rows one by one, through the batcher and in batches written by hand, in rounds that alternate:
 * `npm run bench`, with a number of rows if not 100,000, and of rounds if not 5. All send batches of
 * 1000, as many at a time.
 *
 * Work is the CPU time of this process and of the server: others that use the machine count least
 * there. A plain `Batcher` around the statement written by hand says what a promise per row costs.
 * Rows per second by time go to the file `RESULTS` as JSON, where it is set.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { PGlite } from '@electric-sql/pglite'
import Sqlite from 'better-sqlite3'
import { Batcher } from 'jitney'
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
  /** Of the server, where there is one. */
  readonly process?: number
  clear(): Promise<void>
  single(row: Row): Promise<unknown>
  byHand(rows: readonly Row[]): Promise<unknown>
  readonly store: Store
  end(): Promise<void>
}

const count = Number(process.argv[2] ?? 100_000)
const rounds = Number(process.argv[3] ?? 5)
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
  const { rows: backend } = await pool.query<{ process: number }>(
    'select pg_backend_pid() as process',
  )
  return {
    name: 'PostgreSQL',
    process: backend[0]!.process,
    clear: async () => void (await pool.query('truncate rows')),
    single: ({ id, name, amount }) =>
      pool.query('insert into rows (id, name, amount) values ($1, $2, $3)', [id, name, amount]),
    byHand: (some) => pool.query(unnest, arraysOf(some)),
    store: postgres.insertBatcher<Row>(pool, options),
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
  const [files] = await pool.query('select @@pid_file as file')
  const [{ file }] = files as [{ file: string }]
  return {
    name: 'MariaDB',
    process: Number(readFileSync(file, 'utf8')),
    clear: async () => void (await pool.query('truncate `rows`')),
    single: ({ id, name, amount }) =>
      pool.query('insert into `rows` (id, name, amount) values (?, ?, ?)', [id, name, amount]),
    byHand: (some) =>
      pool.query('insert into `rows` (id, name, amount) values ?', [
        some.map(({ id, name, amount }) => [id, name, amount]),
      ]),
    store: mysql.insertBatcher<Row>(pool, options),
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

/** CPU time of all threads of a process that are alive, in seconds. */
function cpuOf(id: number): number {
  const tasks = `/proc/${id}/task`
  const times = readdirSync(tasks).map((task) => {
    try {
      return Number(readFileSync(join(tasks, task, 'schedstat'), 'utf8').split(' ')[0])
    } catch {
      // It has ended.
      return 0
    }
  })
  return times.reduce((sum, time) => sum + time, 0) / 1e9
}

interface Cost {
  readonly work: number
  readonly time: number
}

async function costOf(contest: Contest, insert: () => Promise<unknown>): Promise<Cost> {
  await contest.clear()
  globalThis.gc?.()
  // Not counted: it gives the heap the size that it has where rows come all the time.
  await insert()
  await contest.clear()
  const start = performance.now()
  const used = process.cpuUsage()
  const before = contest.process === undefined ? 0 : cpuOf(contest.process)
  await insert()
  const { user, system } = process.cpuUsage(used)
  const after = contest.process === undefined ? 0 : cpuOf(contest.process)
  const time = (performance.now() - start) / 1000
  return { work: (user + system) / 1e6 + after - before, time }
}

async function byHand({ byHand: insert }: Contest): Promise<void> {
  for (let from = 0; from < count; from += size) await insert(rows.slice(from, from + size))
}

/** As many callers as fill three batches, each with a row of its own at a time. */
async function inLoops(store: Store): Promise<void> {
  let next = 0
  const caller = async (): Promise<void> => {
    while (next < count) await store.process(rows[next++]!)
  }
  await Promise.all(Array.from({ length: 3 * size }, caller))
}

async function atOnce(store: Store): Promise<void> {
  await Promise.all(rows.map((row) => store.process(row)))
}

function median(values: number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!
}

interface Measured {
  readonly database: string
  /** Rows per second of batches by hand. */
  readonly byHand: number
  /** Rows per second over batches by hand, round by round. */
  readonly ways: Readonly<Record<string, readonly number[]>>
}

async function measure(contest: Contest): Promise<Measured> {
  const few = rows.slice(0, Math.min(count, 5000))
  const alone = await costOf(contest, async () => {
    for (const row of few) await contest.single(row)
  })
  const plain = new Batcher(async (some: Row[]) => void (await contest.byHand(some)), {
    maxBatchSize: size,
  })
  const ways: Record<string, () => Promise<unknown>> = {
    'insertBatcher, all at once': () => atOnce(contest.store),
    'insertBatcher, 3000 callers in loops': () => inLoops(contest.store),
    'plain Batcher by hand, all at once': () => atOnce(plain),
    'plain Batcher by hand, 3000 callers in loops': () => inLoops(plain),
  }
  const hands: Cost[] = []
  const costs = Object.keys(ways).map((): Cost[] => [])
  for (let round = -1; round < rounds; round += 1) {
    const hand = await costOf(contest, () => byHand(contest))
    if (round >= 0) hands.push(hand)
    // Another one comes first each time: the collector feels what was before.
    for (const place of costs.keys()) {
      const index = (place + round + costs.length) % costs.length
      const cost = await costOf(contest, Object.values(ways)[index]!)
      if (round >= 0) costs[index]!.push(cost)
    }
  }
  const rate = (all: readonly Cost[]): number =>
    Math.round(count / median(all.map(({ time }) => time)))
  console.log(
    `${contest.name}: one by one ${Math.round(few.length / alone.time)}/s, by hand ${rate(hands)}/s`,
  )
  for (const [index, way] of Object.keys(ways).entries()) {
    const ratio = (of: (cost: Cost) => number): string =>
      median(costs[index]!.map((cost, round) => of(hands[round]!) / of(cost))).toFixed(2)
    console.log(
      `  ${way.padEnd(45)} ${ratio(({ work }) => work)} by work, ${ratio(({ time }) => time)} by time`,
    )
  }
  await contest.end()
  const ratios = (index: number): number[] =>
    costs[index]!.map(({ time }, round) => hands[round]!.time / time)
  return {
    database: contest.name,
    byHand: rate(hands),
    ways: Object.fromEntries(Object.keys(ways).map((way, index) => [way, ratios(index)])),
  }
}

installServices(['mariadb-server', 'postgresql'])
const measured = [await measure(await onSqlite()), await measure(await onPglite())]
if (hasServer(postgresServer)) measured.push(await measure(await onPostgres()))
if (hasServer(mariadbServer)) measured.push(await measure(await onMariadb()))
const { RESULTS: file } = process.env
if (file !== undefined) writeFileSync(file, JSON.stringify(measured))
