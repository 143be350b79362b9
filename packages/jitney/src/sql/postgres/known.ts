import { refusal } from '../../platform/errors.ts'
import { type Catalog, type Column, readCatalog } from './catalog.ts'
import type { PostgresClient } from './client.ts'
import { verdictOnPostgres } from './verdict.ts'

/** What is known of a table: asked for once, and again after a statement that did not fit it. */
export class Known<Plan> {
  readonly #client: PostgresClient
  readonly #table: readonly string[]
  readonly #planOf: (catalog: Catalog) => Plan
  #asking: Promise<Plan> | undefined
  #plan: Plan | undefined
  #isStale = true

  constructor(
    client: PostgresClient,
    table: readonly string[],
    planOf: (catalog: Catalog) => Plan,
  ) {
    this.#client = client
    this.#table = table
    this.#planOf = planOf
  }

  /** There after `prepare`. */
  get plan(): Plan {
    return this.#plan as Plan
  }

  readonly prepare = async (): Promise<void> => {
    if (!this.#isStale) return
    this.#asking ??= readCatalog(this.#client, this.#table).then(this.#planOf)
    try {
      this.#plan = await this.#asking
      this.#isStale = false
    } finally {
      this.#asking = undefined
    }
  }

  /** Runs a statement. If the table is no longer what it was, the next batch asks anew. */
  async query(sql: string, values: unknown[]): Promise<readonly unknown[]> {
    try {
      return (await this.#client.query(sql, values)).rows
    } catch (error) {
      if (/^(42|0A|XX)/.test(verdictOnPostgres(error).state ?? '')) this.#isStale = true
      throw error
    }
  }
}

/** The column of that name. Throws a TypeError if the table has none. */
export function columnOf({ columns }: Catalog, action: string, name: string): Column {
  const column = columns.get(name)
  if (column !== undefined) return column
  throw refusal(action, 'column', `one of ${[...columns.keys()].join(', ')}`, name)
}
