/** What is stored. */
export interface Row {
  readonly id: number
  readonly name: string
  readonly amount: number
}

export interface Store {
  process(row: Row): Promise<undefined>
}

/** One database with an empty table, and how it is filled. */
export interface Contest {
  /** Of the server, where there is one. */
  readonly processes: readonly number[]
  clear(): Promise<void>
  single(row: Row): Promise<unknown>
  /** As a careful engineer would: one statement or transaction for all, values as parameters. */
  byHand(rows: readonly Row[]): Promise<unknown>
  readonly store: Store
  end(): Promise<void>
}

/** What a contest is to use. */
export interface Place {
  /** Of the server, where there is one. */
  readonly port: number
  readonly connections: number
}

export const batchSize = 1000
export const columns = ['id', 'name', 'amount'] as const
export const createTable = 'create table rows (id int, name varchar(40), amount int)'

/** Rows, each an object of its own. */
export function rowsOf(count: number): Row[] {
  return Array.from({ length: count }, (_, id) => ({ id, name: `row ${id}`, amount: id * 7 }))
}
