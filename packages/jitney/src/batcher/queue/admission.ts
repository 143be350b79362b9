import { errorOf, settleWith } from '../callers/callers.ts'
import { slotsOf } from '../departure/sharing.ts'
import { type Entry, moveTo, type Place } from '../entry.ts'
import { BatcherClosedError, QueueFullError } from '../errors.ts'
import { enqueue } from './holding.ts'
import { beginJoint, share } from './joints.ts'
import type { State } from '../state.ts'

/** How many more may come into the queue. */
export function roomLeft(state: State): number {
  return state.settings.maxQueueSize - state.lanes.amount + state.lanes.returned
}

/**
 * Lets an entry in: into the queue, where callers wait for room, or to one of its kind; and the
 * batch that it fills out.
 *
 * @param key its `dedupeKey`.
 */
export function admit(state: State, caller: Entry, key?: unknown): void {
  const { dedupeKey, maxQueueSize, overflow } = state.settings
  const isOpen = state.phase === 'open'
  const joint = isOpen && state.joints.get(caller.laneKey)?.get(key)
  const left = roomLeft(state)
  if (!isOpen || (!joint && left <= 0 && overflow === 'reject')) {
    state.counts.refused += 1
    const why = `'maxQueueSize' of ${maxQueueSize} is reached`
    return settleWith(
      caller,
      isOpen
        ? errorOf(state, QueueFullError, { maxQueueSize }, why)
        : errorOf(state, BatcherClosedError, {}, 'it is closed'),
    )
  }
  if (joint) return share(joint, caller)
  const entry = dedupeKey ? beginJoint(state, caller, key) : caller
  const place: Place & { enter(entry: Entry): unknown } = left > 0 ? state.lanes : state.room
  moveTo(place, entry)
  if ((place.enter(entry) || left === 1) && state.runs.size < slotsOf(state)) state.proceed()
}

/** Moves callers who wait for room into the queue, in the order in which they came. */
export function advance(state: State): void {
  while (state.room.amount > 0 && roomLeft(state) > 0) {
    const entry = state.room.front as Entry
    state.room.drop(entry)
    enqueue(state, [entry])
  }
}
