import { refuseForRoom } from '../callers/callers.ts'
import { type Entry, moveTo } from '../entry.ts'
import { enqueue } from './holding.ts'
import { beginJoint, share } from './joints.ts'
import type { State } from '../state.ts'

/** How many more may come into the queue. */
export function roomLeft(state: State): number {
  return state.settings.maxQueueSize - state.lanes.fresh
}

/**
 * Lets an entry in: into the queue, where callers wait for room, or to one of its kind. Says whether
 * there is a full batch now.
 *
 * @param key its `dedupeKey`.
 * @throws QueueFullError
 */
export function admit(state: State, caller: Entry, key: unknown): boolean {
  const { dedupeKey, overflow } = state.settings
  const joint = state.joints.get(caller.key)?.get(key)
  if (joint) {
    share(joint, caller)
    return false
  }
  const left = roomLeft(state)
  if (left <= 0 && overflow === 'reject') return refuseForRoom(state, caller)
  const entry = dedupeKey ? beginJoint(state, caller, key) : caller
  const place = left > 0 ? state.lanes : state.room
  moveTo(place, entry)
  return place.push(entry) || left === 1
}

/** Moves callers who wait for room into the queue, in the order in which they came. */
export function advance(state: State): void {
  while (state.room.size > 0 && roomLeft(state) > 0) {
    const entry = state.room.first as Entry
    state.room.drop(entry)
    enqueue(state, [entry])
  }
}
