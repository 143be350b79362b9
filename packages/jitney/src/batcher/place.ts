import type { Entry } from './entry.ts'
import type { Joint } from './joint.ts'

/** Where an entry is. */
export interface Place<Item, Result> {
  /** Takes note that an entry has just been settled, and says whether it was the last of a run. */
  drop(entry: Entry<Item, Result>): boolean
}

/** What an entry has that may be taken out before it is settled. */
export interface Hold<Item, Result> {
  place: Place<Item, Result> | Joint<Item, Result>
  /** Those who share the entry. */
  readonly callers?: Set<Entry<Item, Result>>
  /** The entry is settled. */
  release(): void
}

/** Where an entry is that is not queued yet. */
export const nowhere: Place<unknown, unknown> = { drop: () => false }

/** Notes that entries have moved. */
export function moveTo<Item, Result>(
  place: Place<Item, Result>,
  entries: readonly Entry<Item, Result>[],
): void {
  for (const { ticket } of entries) {
    if (ticket !== undefined) ticket.place = place
  }
}
