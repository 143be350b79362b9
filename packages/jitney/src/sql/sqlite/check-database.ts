import { refusal } from '../../platform/errors.ts'
import { has } from '../../platform/guards.ts'

export function checkDatabase(action: string, database: unknown): void {
  if (has(database, 'prepare') && has(database, 'exec')) return
  throw refusal(action, 'database', "an object with 'prepare' and 'exec'", database)
}
