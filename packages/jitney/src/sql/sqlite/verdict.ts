import type { Verdict } from '../verdict.ts'

// https://www.sqlite.org/rescode.html
const busy = 5
const locked = 6
const full = 13
const constraint = 19
/** Of the database and not of a row: permission, memory, read-only, interrupt, disk, file, protocol. */
const general = new Set([3, busy, locked, 7, 8, 9, 10, 11, full, 14, 15, 22, 23, 26])
const names: Readonly<Record<string, number>> = {
  PERM: 3,
  BUSY: busy,
  LOCKED: locked,
  NOMEM: 7,
  READONLY: 8,
  INTERRUPT: 9,
  IOERR: 10,
  CORRUPT: 11,
  FULL: full,
  CANTOPEN: 14,
  PROTOCOL: 15,
  NOLFS: 22,
  AUTH: 23,
  NOTADB: 26,
  CONSTRAINT: constraint,
}

/** The primary result code, by the number of node:sqlite or the name of better-sqlite3. */
function codeOf(error: unknown): number | undefined {
  const { errcode, code } = Object(error) as { errcode?: unknown; code?: unknown }
  if (typeof errcode === 'number') return errcode & 255
  const [, name] = /^SQLITE_([A-Z]+)/.exec(String(code)) ?? []
  return name === undefined ? undefined : names[name]
}

/** What SQLite calls the failure. */
export function stateOf(error: unknown): string | undefined {
  const { errcode, code } = Object(error) as { errcode?: unknown; code?: unknown }
  if (typeof errcode === 'number') return String(errcode)
  return typeof code === 'string' ? code : undefined
}

/** Whether the failure is one row's, and the others of its transaction may go on. */
export function isOfRow(error: unknown): boolean {
  return !general.has(codeOf(error) ?? 0)
}

/** What becomes of items whose transaction failed with this, and was rolled back. */
export function verdictOnSqlite(error: unknown): Verdict {
  const code = codeOf(error)
  const state = stateOf(error)
  if (code === busy || code === locked) return { action: 'retry', isDone: 'no', state }
  // Constraints that are looked at in the end: one of the rows is to blame.
  return { action: code === constraint ? 'split' : 'fail', isDone: 'no', state }
}
