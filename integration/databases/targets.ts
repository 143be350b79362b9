import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { PGlite } from '@electric-sql/pglite'
import Sqlite from 'better-sqlite3'
import * as mysql from 'jitney/mysql'
import * as postgres from 'jitney/postgres'
import * as sqlite from 'jitney/sqlite'
import * as mariadb from 'mariadb'
import mysql2 from 'mysql2/promise'
import pg from 'pg'

import { mariadbServer } from './mariadb-server.ts'
import { postgresServer } from './postgres-server.ts'
import { hasServer, type Server, startServer } from './server.ts'

/** The three batchers of a database, over one client. */
export interface Batchers {
  insertBatcher<Row extends object, Returned = undefined>(
    options: postgres.InsertBatcherOptions<Row>,
  ): ReturnType<typeof postgres.insertBatcher<Row, Returned>>
  loadBatcher<Key, Row extends object>(
    options: postgres.LoadBatcherOptions<Key>,
  ): ReturnType<typeof postgres.loadBatcher<Key, Row>>
  statementBatcher<Item, Row = undefined>(
    options: postgres.StatementBatcherOptions<Item>,
  ): ReturnType<typeof postgres.statementBatcher<Item, Row>>
}

/** A client that is connected. */
export interface Connected extends Batchers {
  query(sql: string): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

export interface Target {
  readonly name: string
  readonly dialect: 'postgres' | 'mysql' | 'sqlite'
  /** What there is to kill. */
  readonly server: () => Server | undefined
  connect(port?: number): Promise<Connected>
  /** Before the first `connect`, and after the last. */
  begin(): Promise<void>
  end(): Promise<void>
}

const connections = 4

export function connectPg(port: number, options: pg.PoolConfig = {}): Connected {
  const pool = new pg.Pool({ ...local(port), database: 'postgres', max: connections, ...options })
  // A server that goes takes idle connections along.
  pool.on('error', () => {})
  return {
    ...bound(postgres, pool),
    query: async (sql) => (await pool.query(sql)).rows as never,
    close: () => pool.end(),
  }
}

export async function connectMysql2(
  port: number,
  options: mysql2.PoolOptions = {},
): Promise<Connected> {
  const pool = mysql2.createPool({
    ...local(port),
    user: 'root',
    database: 'jitney',
    connectionLimit: connections,
    supportBigNumbers: true,
    ...options,
  })
  return {
    ...bound(mysql, pool),
    query: async (sql) => (await pool.query(sql))[0] as never,
    close: () => pool.end(),
  }
}

export function connectMariadb(port: number, options: mariadb.PoolConfig = {}): Connected {
  const pool = mariadb.createPool({
    ...local(port),
    user: 'root',
    database: 'jitney',
    connectionLimit: connections,
    acquireTimeout: 1e3,
    ...options,
  })
  return {
    ...bound(mysql, pool),
    query: (sql) => pool.query(sql),
    close: () => pool.end(),
  }
}

function local(port: number): { host: string; port: number; user: string } {
  return { host: '127.0.0.1', port, user: 'jitney' }
}

/** The functions of a subpath, with their client. */
function bound<Client>(
  library: {
    insertBatcher: (client: Client, options: never) => unknown
    loadBatcher: (client: Client, options: never) => unknown
    statementBatcher: (client: Client, options: never) => unknown
  },
  client: Client,
): Batchers {
  return {
    insertBatcher: (options) => library.insertBatcher(client, options as never) as never,
    loadBatcher: (options) => library.loadBatcher(client, options as never) as never,
    statementBatcher: (options) => library.statementBatcher(client, options as never) as never,
  }
}

function served(
  name: string,
  dialect: Target['dialect'],
  kind: typeof postgresServer,
  open: (port: number) => Connected | Promise<Connected>,
): Target {
  let server: Server | undefined
  return {
    name,
    dialect,
    server: () => server,
    connect: async (port = server!.port) => open(port),
    begin: async () => {
      server = await startServer(kind())
      if (dialect !== 'mysql') return
      const pool = mysql2.createPool({ ...local(server.port), user: 'root' })
      await pool.query('create database jitney character set utf8mb4')
      await pool.end()
    },
    end: async () => server?.end(),
  }
}

let pglite: PGlite | undefined

const embedded: Target = {
  name: 'PGlite',
  dialect: 'postgres',
  server: () => undefined,
  connect: async () => {
    const database = pglite!
    return {
      ...bound(postgres, database),
      query: async (sql) => (await database.query(sql)).rows as never,
      close: async () => {},
    }
  },
  begin: async () => {
    pglite = await PGlite.create()
  },
  end: async () => pglite?.close(),
}

/** A database in a file, by one of two clients. */
function inFile(name: string, open: (file: string) => SqliteFile): Target {
  return {
    name,
    dialect: 'sqlite',
    server: () => undefined,
    connect: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'jitney-sqlite-'))
      const database = open(join(folder, 'data'))
      return {
        ...bound(sqlite, database),
        query: async (sql) => {
          const statement = database.prepare(sql)
          // better-sqlite3 refuses to read what has no rows.
          return (statement.reader === false ? [statement.run()] : statement.all()) as never
        },
        close: async () => {
          database.close()
          rmSync(folder, { recursive: true })
        },
      }
    },
    begin: async () => {},
    end: async () => {},
  }
}

interface SqliteFile extends sqlite.SqliteDatabase {
  prepare(sql: string): sqlite.SqliteStatement & { readonly reader?: boolean }
  close(): unknown
}

/** Node's own, from Node 22.13 on. */
const builtin = process.getBuiltinModule('node:sqlite') as
  | { readonly DatabaseSync: new (file: string) => SqliteFile }
  | undefined

/** All databases that are there. */
export const targets: readonly Target[] = [
  embedded,
  inFile('better-sqlite3', (file) => new Sqlite(file) as SqliteFile),
  ...(builtin ? [inFile('node:sqlite', (file) => new builtin.DatabaseSync(file))] : []),
  ...(hasServer(postgresServer)
    ? [served('PostgreSQL with pg', 'postgres', postgresServer, connectPg)]
    : []),
  ...(hasServer(mariadbServer)
    ? [
        served('MariaDB with mysql2', 'mysql', mariadbServer, connectMysql2),
        served('MariaDB with mariadb', 'mysql', mariadbServer, connectMariadb),
      ]
    : []),
]
