import { errorOf, settleWith } from '../callers/callers.ts'
import { slotsOf } from '../departure/sharing.ts'
import { type Entry, moveTo, type Place } from '../entry.ts'
import { BatcherClosedError, QueueFullError } from '../errors.ts'
import { enqueue } from './holding.ts'
import { beginJoint, share } from './joints.ts'
import type { State } from '../state.ts'

/** How many more may come into the queue. */
export function roomLeft(state: State): number {
  return state.settings.maxQueueSize - state.lanes.fresh
}

/**
 * Lets an entry in: into the queue, where callers wait for room, or to one of its kind; and the
 * batch that it fills out.
 *
 * @param key its `dedupeKey`.
 */
export function admit(state: State, caller: Entry, key?: unknown): void {
  const { dedupeKey, maxQueueSize, overflow } = state.settings
  if (state.phase !== 'open')
    return refuse(state, caller, errorOf(state, BatcherClosedError, {}, 'it is closed'))
  const joint = state.joints.get(caller.key)?.get(key)
  if (joint) return share(joint, caller)
  const left = roomLeft(state)
  if (left <= 0 && overflow === 'reject') {
    const why = `'maxQueueSize' of ${maxQueueSize} is reached`
    return refuse(state, caller, errorOf(state, QueueFullError, { maxQueueSize }, why))
  }
  const entry = dedupeKey ? beginJoint(state, caller, key) : caller
  const place: Place & { push(entry: Entry): unknown } = left > 0 ? state.lanes : state.room
  moveTo(place, entry)
  if ((place.push(entry) || left === 1) && state.runs.size < slotsOf(state)) state.dispatch(false)
}

/** Moves callers who wait for room into the queue, in the order in which they came. */
export function advance(state: State): void {
  while (state.room.size > 0 && roomLeft(state) > 0) {
    const entry = state.room.first as Entry
    state.room.drop(entry)
    enqueue(state, [entry])
  }
}

function refuse(state: State, caller: Entry, error: Error): void {
  state.counts.refused += 1
  settleWith(caller, error)
}
