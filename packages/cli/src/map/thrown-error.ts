import { show } from '../arguments/show.ts'
import { ItemError } from './item-error.ts'

/** What a user's function threw, as an item's error. */
export function thrownError(thrown: unknown): ItemError {
  return new ItemError('JITNEY_ITEM_FAILED', messageOf(thrown), {
    cause: thrown,
    isRetryable: true,
  })
}

/** Why, whatever was thrown: a message may be no text, and to look at an object may throw as well. */
export function messageOf(thrown: unknown): string {
  try {
    const message: unknown = thrown instanceof Error ? thrown.message || thrown.name : thrown
    return thrown instanceof Error && typeof message === 'string' ? message : show(message)
  } catch {
    return 'an error that cannot be shown'
  }
}
