import { atEndOfTurn } from '../../platform/turn.ts'
import { abortCaller } from './callers.ts'
import { abandon } from '../run/runs.ts'
import { placesOf, queuedIn, type State } from '../state.ts'

/** Settles every caller now, then tells the batch functions. */
export function abort(state: State, reason: unknown): void {
  if (state.phase === 'closed') return
  state.phase = 'closed'
  for (const place of placesOf(state)) {
    for (const entry of place.since(0)) {
      abortCaller(state, entry, false, reason)
      place.drop(entry)
    }
  }
  const runs = [...state.runs]
  for (const { entries, message } of runs) {
    for (const entry of entries) abortCaller(state, entry, message !== undefined, reason)
  }
  for (const run of runs) abandon(run, reason)
  state.update()
}

/** Tells those who wait for the end, if that has come. */
export function announceEnd(state: State): void {
  if (isIdle(state)) release(state.idle)
  if (state.phase === 'open' || (state.phase === 'closing' && hasCallers(state))) return
  state.phase = 'closed'
  state.deadline.clear()
  release(state.closed)
}

/** Whether nothing is queued or active: who waits for room does so because the queue is full. */
export function isIdle(state: State): boolean {
  return queuedIn(state) + state.runs.size === 0
}

function hasCallers(state: State): boolean {
  for (const { abandoned } of state.runs) if (abandoned !== true) return true
  return queuedIn(state) > 0
}

/** After the callers have heard. */
function release(waiters: (() => void)[]): void {
  for (const resolve of waiters.splice(0)) atEndOfTurn(resolve)
}
