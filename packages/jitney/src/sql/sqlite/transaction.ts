import { failureOf } from '../sql-error.ts'
import type { SqliteDatabase } from './database.ts'
import { isOfRow, stateOf } from './verdict.ts'

/**
 * Does something for each item in one transaction. What an item's own `step` throws is its result;
 * what concerns the database is thrown, and nothing is done then.
 */
export function inTransaction<Item, Result>(
  database: SqliteDatabase,
  action: string,
  items: readonly Item[],
  step: (item: Item) => Result,
): (Result | Error)[] {
  const results: (Result | Error)[] = []
  const isBad: boolean[] = []
  // Not later, at the first write, when others may have written what was read.
  database.exec('begin immediate')
  try {
    for (let index = 0; index < items.length; index += 1) {
      if (isBad[index] === true) continue
      try {
        results[index] = step(items[index]!)
      } catch (error) {
        if (!isOfRow(error)) throw error
        results[index] = failureOf(action, error, 'no', stateOf(error))
        isBad[index] = true
        // `raise(rollback)` takes the others with it: once more, without the bad ones.
        if (isOver(database)) index = -1
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
