import type { Alarm } from '../../platform/alarm.ts'
import { type Entry, isWaiting, moveTo } from '../entry.ts'
import { enqueue } from '../queue/holding.ts'
import { alarmIn, type State, type WaitingPlace } from '../state.ts'

/** Entries that left together and will leave again together: a half of a batch, or another attempt. */
export interface Group extends WaitingPlace {
  /** Rings when they are due. */
  alarm?: Alarm
  /** Ends the wait, and gives those that are not settled. */
  leave(): Entry[]
}

/**
 * @param groups those of its kind.
 * @param delay milliseconds until they are queued again; by themselves they are not.
 */
export function keepTogether(
  state: State,
  groups: Set<Group>,
  entries: readonly Entry[],
  delay?: number,
): void {
  if (entries.length === 0) return
  let live = entries.length
  const group: Group = {
    since: (order) => entries.filter((entry) => isWaiting(entry) && entry.order > order),
    drop() {
      live -= 1
      state.returning -= 1
      if (live === 0) group.leave()
    },
    leave() {
      groups.delete(group)
      state.returning -= live
      group.alarm?.clear()
      return group.since(-1)
    },
  }
  state.returning += live
  groups.add(group)
  for (const entry of entries) moveTo(group, entry)
  if (delay !== undefined) {
    group.alarm = alarmIn(state, delay, () => {
      enqueue(state, group.leave())
      state.update()
    })
  }
}
