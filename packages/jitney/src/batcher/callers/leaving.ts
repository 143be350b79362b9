import { advance } from '../queue/admission.ts'
import { settleWith } from './callers.ts'
import { type Entry, isWaiting } from '../entry.ts'
import { leaveJoint } from '../queue/joints.ts'
import type { Run } from '../run/run.ts'
import { abandon, allLeft } from '../run/runs.ts'
import type { State } from '../state.ts'

/** Takes out callers whose signal aborted. */
export function leave(state: State, callers: readonly Entry[], reason: unknown): void {
  const left: Entry[] = []
  for (const caller of callers) {
    if (!isWaiting(caller)) continue
    state.aborted += 1
    settleWith(caller, reason)
    const entry = leaveJoint(caller)
    if (entry === undefined) continue
    entry.place?.drop(entry)
    left.push(entry)
  }
  advance(state)
  // Last, because listeners of these signals run at once and may call anything.
  for (const { place, abortion } of left) {
    const run = place as Run
    if (state.runs.has(run)) abandon(run, allLeft)
    abortion?.().abort(reason)
  }
  state.update()
}
