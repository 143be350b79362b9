import { describe } from '../platform/describe.ts'
import { SqlError } from './sql-error.ts'

/** What a row is called that says which item it is for, counted from 1. */
export const ordinal = 'ordinal'

/** One row per item by the rows' own ordinals: never by their order, which no database promises. */
export function byOrdinal<Row>(
  rows: readonly unknown[],
  length: number,
  ordinalOf: (row: Record<string, unknown>) => unknown,
  rowOf: (row: Record<string, unknown>) => Row,
): (Row | undefined)[] {
  const found: (Row | undefined)[] = Array.from({ length })
  for (const each of rows) {
    const row = each as Record<string, unknown>
    const place = Number(ordinalOf(row)) - 1
    if (!(place >= 0 && place < length && Number.isInteger(place))) {
      const received = describe(ordinalOf(row))
      const message = `Cannot read the rows: '${ordinal}' must be an integer from 1 to ${length}, received ${received}`
      throw new SqlError('JITNEY_SQL_WRONG_ROWS', message)
    }
    found[place] = rowOf(row)
  }
  return found
}
