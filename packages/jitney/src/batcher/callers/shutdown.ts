import { atEndOfTurn } from '../../platform/turn.ts'
import type { Entry } from '../entry.ts'
import { BatchAbortedError } from '../errors.ts'
import { errorOf, reject } from './callers.ts'
import { hurry } from '../run/recovery.ts'
import { abandon } from '../run/runs.ts'
import { alarmIn, placesOf, type State } from '../state.ts'

/** Sends all who wait, and aborts those who still do after so many milliseconds. */
export function close(state: State, timeout: number, closed: () => void): void {
  const setAlarm = alarmIn(state, timeout, () => {
    abort(state, new DOMException('close() took too long', 'TimeoutError'))
  })
  state.over.push(() => {
    setAlarm(Infinity)
    // After the callers have heard.
    atEndOfTurn(closed)
  })
  if (state.phase === 'open') {
    state.phase = 'closing'
    hurry(state)
  }
  state.proceed()
}

/** Settles every caller now, then tells the batch functions. */
export function abort(state: State, cause: unknown): void {
  if (state.phase === 'closed') return
  state.phase = 'closed'
  const rejectAll = (entries: readonly Entry[], message?: object): void => {
    reject(state, entries, ({ tries: attempts }) => {
      const started = Boolean(message ?? attempts)
      return errorOf(state, BatchAbortedError, { started, cause })
    })
  }
  for (const place of placesOf(state)) {
    const { everyone: all } = place
    rejectAll(all)
    for (const entry of all) place.drop(entry)
  }
  for (const { riders: entries, told: message } of state.runs) rejectAll(entries, message)
  for (const run of state.runs) abandon(run, cause)
  state.proceed()
}

/** Tells those who wait for the end, if that has come. */
export function announceEnd(state: State): void {
  // Who waits for room does so because the queue is full.
  const queued = state.lanes.amount + state.halves.size + state.backoffs.size
  if (queued + state.runs.size === 0) release(state.idle)
  if (state.phase === 'closing' && queued === 0) {
    for (const run of state.runs) if (!run.deserted) return
    state.phase = 'closed'
  }
  if (state.phase === 'closed') release(state.over)
}

function release(waiters: (() => void)[]): void {
  for (const tell of waiters.splice(0)) tell()
}
