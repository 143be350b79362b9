import { type Entry, moveTo } from '../entry.ts'
import { Lanes } from './lanes.ts'
import type { State } from '../state.ts'

/** Whether nothing may leave but what was flushed. */
export function isHeld(state: State): boolean {
  return state.paused && state.phase === 'open'
}

/** Whether it was there at the last `flush`. */
export function isFlushed(state: State, entry: Entry): boolean {
  return entry.arrival.turn <= state.flushedTurn
}

/** Queues entries. What was flushed waits apart while all else is held. */
export function enqueue(state: State, entries: readonly Entry[]): void {
  for (const entry of entries) {
    const lanes = isHeld(state) && isFlushed(state, entry) ? state.apart : state.lanes
    moveTo(lanes, entry)
    lanes.push(entry)
  }
}

/** Queues entries once more, since something else is held or flushed now. */
export function requeue(state: State, ...names: ('apart' | 'lanes')[]): void {
  const entries = names.flatMap((name) => {
    const lanes = state[name]
    state[name] = new Lanes(state.settings)
    return lanes.since(-1)
  })
  enqueue(
    state,
    entries.sort((left, right) => left.order - right.order),
  )
}
