import { describe } from '../platform/describe.ts'
import { SqlError } from './sql-error.ts'

/** What a row is called that says which item it is for, counted from 1. */
const ordinal = 'ordinal'

/**
 * One row per item by the rows' own ordinals, in the column `name`, which they lose: never by their
 * order, which no database promises.
 */
export function byOrdinal<Row>(
  rows: readonly unknown[],
  length: number,
  name: string = ordinal,
): (Row | undefined)[] {
  const found: (Row | undefined)[] = Array.from({ length })
  for (const each of rows) {
    const row = each as Record<string, unknown>
    const place = Number(row[name]) - 1
    if (!(place >= 0 && place < length && Number.isInteger(place))) {
      const received = describe(row[name])
      const message = `Cannot read the rows: '${name}' must be an integer from 1 to ${length}, received ${received}`
      throw new SqlError('JITNEY_SQL_WRONG_ROWS', message)
    }
    // The last column, where it is ours: an object that loses another one becomes slow.
    delete row[name]
    found[place] = row as Row
  }
  return found
}
