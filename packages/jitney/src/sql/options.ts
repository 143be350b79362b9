import type { PassedOptions } from '../integration/options.ts'
import type { RequestRetry } from '../integration/retry.ts'
import { refusal } from '../platform/errors.ts'
import { type Guard, typed } from '../platform/guards.ts'

/** How often a statement is sent again, and when. */
export type StatementRetry = RequestRetry

/** What is said of statements, whatever they do. */
export interface StatementOptions<Item> extends Omit<PassedOptions<Item>, 'dedupeKey'> {
  /**
   * How often, the first time included, and after which delays a statement is sent that failed for
   * want of luck: deadlocks, serialization failures, no connection.
   * @default { attempts: 3, minDelay: 100, maxDelay: 30_000 }
   */
  readonly retry?: StatementRetry | undefined
}

/** A name in the database, or that of a schema and one in it. */
export type TableName = string | readonly [schema: string, table: string]

/** A column's name: text, not empty, without NUL, which no database takes. */
export const columnName: Guard<string> = (action, name, value) => {
  const given = typed<string>('string')(action, name, value)
  if (given !== '' && !given.includes('\0')) return given
  throw refusal(action, name, 'a name, not empty and without NUL', given, 'JITNEY_OUT_OF_RANGE')
}

export const tableName: Guard<readonly string[]> = (action, name, value) => {
  if (!Array.isArray(value)) return [columnName(action, name, value)]
  if (value.length === 2) return value.map((each) => columnName(action, name, each))
  throw refusal(action, name, 'a name, or an array of a schema and a name', value)
}

/** Several names, none of them twice. */
export const columnNames: Guard<readonly string[]> = (action, name, value) => {
  if (!Array.isArray(value)) throw refusal(action, name, 'an array of names', value)
  const names = Array.from(value, (each) => columnName(action, name, each))
  if (names.length > 0 && new Set(names).size === names.length) return names
  throw refusal(action, name, 'at least one name, none twice', names, 'JITNEY_OUT_OF_RANGE')
}
