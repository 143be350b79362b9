import { messageOf } from '../../platform/message-of.ts'

/** What node:sqlite, better-sqlite3 and libsql have in common. */
export interface Database {
  exec(sql: string): unknown
  prepare(sql: string): Statement
  close(): unknown
}

export interface Statement {
  run(...values: Value[]): { readonly changes: number | bigint }
  get(...values: Value[]): Row | undefined
  all(...values: Value[]): Row[]
}

export type Value = string | number | null | Uint8Array
export type Row = Readonly<Record<string, Value>>

type DatabaseClass = new (file: string) => Database

interface Binding {
  readonly default?: DatabaseClass
  readonly DatabaseSync?: DatabaseClass
}

/**
 * Opens a file so that a commit is on the disk when it returns: a write-ahead log, synced each time.
 *
 * @param binding the URL of a module, or `undefined` for node:sqlite.
 */
export async function openDatabase(file: string, binding: string | undefined): Promise<Database> {
  const { DatabaseSync, default: Class = DatabaseSync } = await load(binding)
  if (Class === undefined) throw notFound(`'${binding}' exports no class`)
  const database = new Class(file)
  // Another process may be writing, or be the first to make the tables.
  database.exec('pragma busy_timeout = 10000')
  database.exec('pragma journal_mode = wal')
  database.exec('pragma synchronous = full')
  return database
}

async function load(binding: string | undefined): Promise<Binding> {
  if (binding !== undefined) return (await import(binding)) as Binding
  const { getBuiltinModule } = process as { getBuiltinModule?: (name: string) => unknown }
  const module = getBuiltinModule?.('node:sqlite') as Binding | undefined
  // Its default export is all that it has, and no class.
  if (module !== undefined) return { DatabaseSync: module.DatabaseSync! }
  throw notFound('this runtime has no node:sqlite')
}

function notFound(why: string): Error {
  return Object.assign(
    new Error(`Cannot open database: ${messageOf(why)}; give 'binding', such as libsql`),
    { code: 'JITNEY_SQLITE_MISSING' },
  )
}
