import { fullError } from './callers.ts'
import type { Entry } from './entry.ts'
import { enqueue } from './holding.ts'
import { beginJoint, findJoint, share } from './joints.ts'
import type { State } from './state.ts'

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
  const isShared = settings.dedupeKey !== undefined
  const joint = isShared ? findJoint(state, caller, key) : undefined
  if (joint !== undefined) {
    share(joint, caller)
    return false
  }
  const left = roomLeft(state)
  if (left <= 0 && settings.overflow === 'reject') throw fullError(state)
  const entry = isShared ? beginJoint(state, caller, key) : caller
  if (isShared) share(entry, caller)
  const place = left > 0 ? lanes : room
  if (entry.ticket !== undefined) entry.place = place
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
