import type { Item } from './item.ts'
import type { ItemError } from './item-error.ts'

/** What became of an item: its result as one line of JSON, or why there is none. */
export type Result = string | ItemError

/** What is done with each item, or with each batch of them. */
export interface Job {
  /**
   * One result per item, in order. Rejects if all of them failed: with an `ItemError`, or with what
   * a user's function threw. Ends soon after the signal aborted.
   */
  call(items: readonly Item[], signal: AbortSignal | undefined): Promise<readonly Result[]>
  /** Ends what still runs; calls may stay unsettled. */
  abort(): void
}
