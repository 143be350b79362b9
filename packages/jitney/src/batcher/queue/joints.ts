import { type Entry, settle } from '../entry.ts'
import type { State } from '../state.ts'

/**
 * The entries that others may share, because their items have the same key: by batch key and key.
 *
 * Such an entry is queued and sent like any other; each caller has a record of its own and leaves
 * alone. When the last has left, the entry leaves too.
 */
export type Joints = Map<unknown, Map<unknown, Entry>>

/** Begins an entry that others may share until it is settled. */
export function beginJoint(state: State, caller: Entry, key: unknown): Entry {
  const byKey = state.joints.get(caller.laneKey) ?? new Map<unknown, Entry>()
  const callers = new Set<Entry>()
  const joint: Entry = {
    ...caller,
    callers,
    ticket: undefined,
    answer(result) {
      byKey.delete(key)
      if (byKey.size === 0) state.joints.delete(caller.laneKey)
      // One was counted for the entry.
      state.counts.fulfilled += Math.max(0, callers.size - 1)
      for (const sharer of callers) settle(sharer, result)
    },
  }
  state.joints.set(caller.laneKey, byKey.set(key, joint))
  share(joint, caller)
  return joint
}

/** Lets a caller share an entry. */
export function share(joint: Entry, caller: Entry): void {
  caller.item = undefined
  caller.joint = joint
  joint.callers!.add(caller)
}
