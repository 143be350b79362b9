import { failureOf } from '../sql-error.ts'
import type { SqliteDatabase } from './database.ts'
import { isOfRow, stateOf } from './verdict.ts'

/** How a transaction does its items. */
export interface Steps<Result> {
  /** How many they are. */
  readonly length: number
  one(index: number): Result
  /** Does so many at once, from the one at `start` on, or none of them; they have no results. */
  readonly several?: { readonly count: number; run(start: number): void } | undefined
}

/**
 * Does something for each item in one transaction. What an item's own step throws is its result;
 * what concerns the database is thrown, and nothing is done then.
 */
export function inTransaction<Result>(
  database: SqliteDatabase,
  action: string,
  { length, one, several }: Steps<Result>,
): (Result | Error)[] {
  const results: (Result | Error)[] = []
  const bad = new Set<number>()
  const count = several?.count ?? Infinity
  // A bad one among several: they are done one by one.
  let apart = 0
  // Not later, at the first write, when others may have written what was read.
  database.exec('begin immediate')
  try {
    for (let index = 0; index < length; index += 1) {
      if (bad.size > 0 && bad.has(index)) continue
      const isTogether = index >= apart && index + count <= length
      try {
        if (isTogether) {
          several!.run(index)
          index += count - 1
        } else results[index] = one(index)
      } catch (error) {
        if (!isOfRow(error)) throw error
        if (!isTogether) {
          results[index] = failureOf(action, error, 'no', stateOf(error))
          bad.add(index)
        }
        // `raise(rollback)` takes the others with it: once more, one by one and without the bad ones.
        const wasRolledBack = isOver(database)
        if (wasRolledBack) apart = length
        else if (isTogether) apart = index + count
        if (wasRolledBack) index = -1
        else if (isTogether) index -= 1
      }
    }
    database.exec('commit')
  } catch (error) {
    rollBack(database)
    throw error
  }
  return results
}

/** Whether the transaction has ended. Then it begins another. */
function isOver(database: SqliteDatabase): boolean {
  try {
    database.exec('begin immediate')
    return true
  } catch (error) {
    if (/within a transaction/.test(String(error))) return false
    throw error
  }
}

function rollBack(database: SqliteDatabase): void {
  try {
    database.exec('rollback')
  } catch {
    // SQLite has done so itself.
  }
}
