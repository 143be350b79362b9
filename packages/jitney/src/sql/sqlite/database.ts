/** A database of better-sqlite3, or a `DatabaseSync` of node:sqlite. */
export interface SqliteDatabase {
  /** Runs statements that give nothing. */
  exec(sql: string): unknown
  /** Prepares a statement. */
  prepare(sql: string): SqliteStatement
}

/** What such a database prepares. */
export interface SqliteStatement {
  /** Runs it with these values, for no rows. */
  run(...values: never[]): unknown
  /** Runs it, and gives the first row. */
  get(...values: never[]): unknown
  /** Runs it, and gives all rows. */
  all(...values: never[]): unknown
}
