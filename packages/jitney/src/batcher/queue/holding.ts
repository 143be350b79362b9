import { type Entry, moveTo } from '../entry.ts'
import type { State } from '../state.ts'

/** Whether it had come at the last `flush`. */
export function isFlushed(state: State, entry: Entry): boolean {
  return entry.order <= state.flushed
}

/** Queues entries. */
export function enqueue(state: State, entries: readonly Entry[]): void {
  for (const entry of entries) {
    moveTo(state.lanes, entry)
    state.lanes.push(entry)
  }
}
