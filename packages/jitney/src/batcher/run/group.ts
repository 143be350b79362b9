import type { SetAlarm } from '../../platform/alarm.ts'
import { type Entry, isWaiting, moveTo } from '../entry.ts'
import { enqueue } from '../queue/holding.ts'
import { alarmIn, type State, type WaitingPlace } from '../state.ts'

/** Entries that left together and will leave again together: a half of a batch, or another attempt. */
export interface Group extends WaitingPlace {
  amount: number
  /** Rings when they are due. */
  readonly alarm: SetAlarm
  enter(entry: Entry): void
  /** Ends the wait, and gives those that are not settled. */
  leave(): Entry[]
}

/**
 * @param groups those of its kind: it is there as long as it has entries.
 * @param delay milliseconds until they are queued again.
 */
export function createGroup(state: State, groups: Set<Group>, delay: number): Group {
  const entries: Entry[] = []
  const group: Group = {
    amount: 0,
    alarm: alarmIn(state, delay, () => {
      enqueue(state, group.leave())
      state.proceed()
    }),
    get everyone() {
      return entries.filter(isWaiting)
    },
    enter(entry) {
      groups.add(group)
      entries.push(entry)
      moveTo(group, entry)
      group.amount += 1
    },
    drop() {
      group.amount -= 1
      if (group.amount === 0) group.leave()
    },
    leave() {
      groups.delete(group)
      group.alarm(Infinity)
      return group.everyone
    },
  }
  return group
}
