import { show } from '../arguments/show.ts'
import { ItemError } from './item-error.ts'

/** What a user's function threw, as an item's error. */
export function thrownError(thrown: unknown): ItemError {
  const message = thrown instanceof Error ? thrown.message || thrown.name : show(thrown)
  return new ItemError('JITNEY_ITEM_FAILED', message, { cause: thrown, isRetryable: true })
}
