import { columns, type Row } from '../contest.ts'

/** A batch written by hand for PostgreSQL: an array for each column. */
export const unnest = `insert into rows (id, name, amount)
  select * from unnest($1::int[], $2::text[], $3::int[])`

export const insertOne = 'insert into rows (id, name, amount) values ($1, $2, $3)'

export function arraysOf(rows: readonly Row[]): unknown[] {
  return columns.map((name) => rows.map((row) => row[name]))
}
