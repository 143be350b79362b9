/**
 * Rows through the batcher and in batches written by hand, in rounds that alternate: `npm run bench`,
 * with `--rows 100000`, `--rounds 7`, `--connections 1` and names of databases, if not all. Both
 * sides send batches of 1000 over as many connections.
 *
 * Rows come from callers in loops, through `map`, or all at once, where each has a promise before the
 * first is stored. `Batcher` around the statement written by hand, and around nothing, say what the
 * promises cost. Work is the CPU time of this process and of the server's: others that use the
 * machine count least there. The collector has one thread, as helpers of it wait for each other on a
 * busy machine, and is never forced, which would make the heap small. Rows per second by time go to the
 * file `RESULTS` as JSON, where it is set.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { parseArgs } from 'node:util'

import { PGlite } from '@electric-sql/pglite'
import Sqlite from 'better-sqlite3'
import { Batcher, map } from 'jitney'
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
  readonly processes: readonly number[]
  clear(): Promise<void>
  single(row: Row): Promise<unknown>
  byHand(rows: readonly Row[]): Promise<unknown>
  readonly store: Store
  end(): Promise<void>
}

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '7' },
    connections: { type: 'string', default: '1' },
  },
})
const [count, rounds, connections] = [flags.rows, flags.rounds, flags.connections].map(Number) as [
  number,
  number,
  number,
]
const size = 1000
const columns = ['id', 'name', 'amount'] as const
const options = { table: 'rows', columns, maxBatchSize: size, concurrency: connections }
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
    max: connections,
  })
  await pool.query(create)
  const clients = await Promise.all(Array.from({ length: connections }, () => pool.connect()))
  const processes = clients.map((client) => (client as unknown as { processID: number }).processID)
  for (const client of clients) client.release()
  return {
    name: 'PostgreSQL',
    processes,
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
    processes: [],
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
    connectionLimit: connections,
  })
  const into = 'insert into jitney.`rows` (id, name, amount) values'
  await pool.query('create database jitney')
  await pool.query(create.replace('rows', 'jitney.`rows`'))
  const [files] = await pool.query('select @@pid_file as file')
  const [{ file }] = files as [{ file: string }]
  return {
    name: 'MariaDB',
    processes: [Number(readFileSync(file, 'utf8'))],
    clear: async () => void (await pool.query('truncate jitney.`rows`')),
    single: ({ id, name, amount }) => pool.query(`${into} (?, ?, ?)`, [id, name, amount]),
    byHand: (some) =>
      pool.query(`${into} ?`, [some.map(({ id, name, amount }) => [id, name, amount])]),
    store: mysql.insertBatcher<Row>(pool, { ...options, table: ['jitney', 'rows'] }),
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
    processes: [],
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

/** CPU time of all threads of processes that are alive, in seconds. */
function cpuOf(processes: readonly number[]): number {
  const times = processes.flatMap((id) => {
    const tasks = `/proc/${id}/task`
    return readdirSync(tasks).map((task) => {
      try {
        return Number(readFileSync(join(tasks, task, 'schedstat'), 'utf8').split(' ')[0])
      } catch {
        // It has ended.
        return 0
      }
    })
  })
  return times.reduce((sum, time) => sum + time, 0) / 1e9
}

/** In seconds. */
interface Cost {
  readonly client: number
  readonly server: number
  readonly time: number
}

async function costOf(
  { processes, clear }: Contest,
  insert: () => Promise<unknown>,
): Promise<Cost> {
  await clear()
  const start = performance.now()
  const used = process.cpuUsage()
  const before = cpuOf(processes)
  await insert()
  const { user, system } = process.cpuUsage(used)
  const server = cpuOf(processes) - before
  return { client: (user + system) / 1e6, server, time: (performance.now() - start) / 1000 }
}

async function byHand({ byHand: insert }: Contest): Promise<void> {
  let next = 0
  const loop = async (): Promise<void> => {
    while (next < count) await insert(rows.slice(next, (next += size)))
  }
  await Promise.all(Array.from({ length: connections }, loop))
}

/** As many callers as fill what is under way and two batches more, each with a row at a time. */
const callers = (connections + 2) * size

async function inLoops(store: Store): Promise<void> {
  let next = 0
  const caller = async (): Promise<void> => {
    while (next < count) await store.process(rows[next++]!)
  }
  await Promise.all(Array.from({ length: callers }, caller))
}

async function mapped(store: Store): Promise<void> {
  await map(rows, (row) => store.process(row), { concurrency: callers })
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
  const settings = { maxBatchSize: size, concurrency: connections }
  const plain = new Batcher(async (some: Row[]) => void (await contest.byHand(some)), settings)
  const nothing = async (): Promise<void> => setImmediate()
  const idle = new Batcher<Row, undefined>(nothing, settings)
  const ways: Record<string, () => Promise<unknown>> = {
    'by hand': () => byHand(contest),
    'insertBatcher, callers in loops': () => inLoops(contest.store),
    'insertBatcher, map': () => mapped(contest.store),
    'insertBatcher, all at once': () => atOnce(contest.store),
    'Batcher by hand, callers in loops': () => inLoops(plain),
    'Batcher by hand, all at once': () => atOnce(plain),
    'Batcher of nothing, callers in loops': () => inLoops(idle),
    'Batcher of nothing, all at once': () => atOnce(idle),
  }
  const all = Object.keys(ways)
  const costs = all.map((): Cost[] => [])
  // The first round warms up.
  for (let round = -1; round < rounds; round += 1) {
    // Another one comes first each time: the collector feels what was before.
    for (const place of all.keys()) {
      const index = (place + round + all.length) % all.length
      const cost = await costOf(contest, ways[all[index]!]!)
      if (round >= 0) costs[index]!.push(cost)
    }
  }
  const perRow = (index: number, of: (cost: Cost) => number): string =>
    String(Math.round((median(costs[index]!.map(of)) / count) * 1e9)).padStart(6)
  const ratio = (index: number, of: (cost: Cost) => number): string =>
    median(costs[index]!.map((cost, round) => of(costs[0]![round]!) / of(cost))).toFixed(2)
  console.log(
    `${contest.name}: one by one ${Math.round(few.length / alone.time)} rows/s\n` +
      `${''.padEnd(38)}rows/s  ratio  by work  ns of client, of server`,
  )
  for (const [index, way] of all.entries()) {
    const rate = Math.round(count / median(costs[index]!.map(({ time }) => time)))
    const time = ratio(index, (cost) => cost.time)
    const work = ratio(index, ({ client, server }) => client + server)
    const [client, server] = [perRow(index, (cost) => cost.client), perRow(index, (c) => c.server)]
    console.log(
      `${way.padEnd(36)}${String(rate).padStart(8)}   ${time}     ${work}  ${client}  ${server}`,
    )
  }
  await contest.end()
  const ratios = (index: number): number[] =>
    costs[index]!.map(({ time }, round) => costs[0]![round]!.time / time)
  return {
    database: contest.name,
    byHand: count / median(costs[0]!.map(({ time }) => time)),
    ways: Object.fromEntries(all.map((way, index) => [way, ratios(index)])),
  }
}

const measured: Measured[] = []
const contests: Record<string, () => Promise<Contest>> = {
  SQLite: onSqlite,
  PGlite: onPglite,
}
installServices(['mariadb-server', 'postgresql'])
if (hasServer(postgresServer)) contests['PostgreSQL'] = onPostgres
if (hasServer(mariadbServer)) contests['MariaDB'] = onMariadb
for (const [name, begin] of Object.entries(contests)) {
  if (names.length === 0 || names.includes(name)) measured.push(await measure(await begin()))
}
const { RESULTS: file } = process.env
if (file !== undefined) writeFileSync(file, JSON.stringify(measured))
