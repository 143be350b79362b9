import type { Database, Row, Statement, Value } from './database.ts'
import { schema } from './schema.ts'

/** Rows of one statement. */
const together = 32

/** A file's tables, with what all steps do to them. */
export class Tables {
  readonly #database: Database
  readonly #statements: Map<string, Statement> = new Map()
  readonly #queues: Map<string, number> = new Map()

  readonly #expired: Map<number, number> = new Map()

  constructor(database: Database) {
    this.#database = database
    this.inTransaction(() => {
      database.exec(schema)
    })
  }

  /** All of it, or nothing; it is on the disk when this returns. */
  inTransaction<Result>(run: () => Result): Result {
    this.#database.exec('begin immediate')
    try {
      const result = run()
      this.#database.exec('commit')
      return result
    } catch (error) {
      // Numbers of queues that were made in it are void.
      this.#queues.clear()
      try {
        this.#database.exec('rollback')
      } catch {
        // SQLite has done so by itself: the disk is full, for one.
      }
      throw error
    }
  }

  /** Another when another connection has written. */
  version(): number {
    return Number(this.get('pragma data_version')?.['data_version'])
  }

  close(): void {
    this.#database.close()
  }

  /** The number of a queue. */
  queue(name: string): number {
    const known = this.#queues.get(name)
    if (known !== undefined) return known
    this.run('insert or ignore into jitney_queue (name) values (?)', name)
    const id = Number(this.get('select id from jitney_queue where name = ?', name)?.['id'])
    this.#queues.set(name, id)
    return id
  }

  /** Changes how many items a queue has that are not done. */
  count(queue: number, change: number): void {
    if (change === 0) return
    this.run('update jitney_queue set items = items + ? where id = ?', change, queue)
  }

  /** Adds items that are not known. */
  addItems(rows: readonly Value[][]): void {
    this.#insert(
      `jitney_item
         (queue, client, sequence, body, rank, submitted_at, deadline, wants_reply)`,
      rows,
    )
  }

  /** Keeps replies that somebody wants: to which item, and what. */
  addReplies(
    queue: number,
    replies: readonly { readonly item: Row; readonly body: Uint8Array }[],
    expiry: number,
  ): void {
    const wanted = replies.filter(({ item }) => item['wants_reply'] === 1)
    this.#insert(
      'jitney_reply (queue, client, sequence, body, expiry)',
      wanted.map(({ item, body }) => [queue, item['client']!, item['sequence']!, body, expiry]),
    )
  }

  /** Deletes replies that nobody fetched; looks for them once a second. */
  expire(queue: number, now: number, isAsked = false): void {
    const last = this.#expired.get(queue) ?? -Infinity
    if (!isAsked && now - last < 1000) return
    this.#expired.set(queue, now)
    this.run('delete from jitney_reply where queue = ? and expiry <= ?', queue, now)
  }

  /** Several rows by one statement: a call of a binding costs more than a row. */
  #insert(into: string, rows: readonly Value[][]): void {
    for (let start = 0; start < rows.length;) {
      const count = rows.length - start < together ? 1 : together
      const some = rows.slice(start, start + count)
      const row = `(${some[0]!.map(() => '?').join(', ')})`
      const values = Array.from({ length: count }, () => row).join(', ')
      this.run(`insert into ${into} values ${values}`, ...some.flat())
      start += count
    }
  }

  run(sql: string, ...values: readonly Value[]): number {
    return Number(this.#prepared(sql).run(...values).changes)
  }

  get(sql: string, ...values: readonly Value[]): Row | undefined {
    const row = this.#prepared(sql).get(...values)
    return row === undefined ? row : withBytes(row)
  }

  all(sql: string, ...values: readonly Value[]): Row[] {
    return this.#prepared(sql)
      .all(...values)
      .map(withBytes)
  }

  #prepared(sql: string): Statement {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

/** libsql gives an ArrayBuffer, the others a Uint8Array. */
function withBytes(row: Row): Row {
  const { body } = row
  if (body === undefined || body instanceof Uint8Array) return row
  return { ...row, body: new Uint8Array(body as unknown as ArrayBuffer) }
}
