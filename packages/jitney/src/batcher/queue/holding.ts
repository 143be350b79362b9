import { type Entry, moveTo } from '../entry.ts'
import type { State } from '../state.ts'

/** Whether nothing may leave but what was flushed, and what fills its batches. */
export function isHeld(state: State): boolean {
  return state.paused && state.phase === 'open'
}

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
