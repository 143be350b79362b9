import { refuseForRoom } from '../callers/callers.ts'
import { type Entry, moveTo } from '../entry.ts'
import { enqueue } from './holding.ts'
import { beginJoint, join } from './joints.ts'
import type { State } from '../state.ts'

/** How many more may come into the queue. */
export function roomLeft({ settings, lanes, apart }: State): number {
  return settings.maxQueueSize - lanes.fresh - apart.fresh
}

/**
 * Lets an entry in: into the queue, where callers wait for room, or to one of its kind. Says whether
 * there is a full batch now.
 *
 * @param key its `dedupeKey`.
 * @throws QueueFullError
 */
export function admit(state: State, caller: Entry, key: unknown): boolean {
  const { settings, lanes, room } = state
  const { dedupeKey, overflow } = settings
  if (dedupeKey !== undefined && join(state, caller, key)) return false
  const left = roomLeft(state)
  if (left <= 0 && overflow === 'reject') return refuseForRoom(state, caller)
  const entry = dedupeKey === undefined ? caller : beginJoint(state, caller, key)
  const place = left > 0 ? lanes : room
  moveTo(place, entry)
  return place.push(entry) || left === 1
}

/** Moves callers who wait for room into the queue, in the order in which they came. */
export function advance(state: State): void {
  const { room } = state
  while (room.size > 0 && roomLeft(state) > 0) {
    const entry = room.first as Entry
    room.drop(entry)
    enqueue(state, [entry])
  }
}
