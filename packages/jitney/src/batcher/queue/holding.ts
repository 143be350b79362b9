import { type Entry, moveTo } from '../entry.ts'
import type { State } from '../state.ts'

/** Queues entries. */
export function enqueue(state: State, entries: readonly Entry[]): void {
  for (const entry of entries) {
    moveTo(state.lanes, entry)
    state.lanes.enter(entry)
  }
}
