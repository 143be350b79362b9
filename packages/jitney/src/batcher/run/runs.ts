import { abandonments } from '../../platform/diagnostics.ts'
import { type Entry, gone, isWaiting, type Place } from '../entry.ts'
import type { Run } from './run.ts'
import type { State } from '../state.ts'

/**
 * Why a batch is told to stop when nobody waits for it any more. One for all: an error that is made
 * while a caller's signal aborts keeps that signal, through the frames of its stack.
 */
export const allLeft: unknown = AbortSignal.abort().reason

/** Takes note that nobody waits for a batch any more, if that is so, and tells its function. */
export function abandon(run: Run | Place | undefined, reason: unknown): void {
  if (!run?.told || run.deserted) return
  const { riders: entries } = run
  // Each is passed once, as nobody waits again.
  for (; run.passed < entries.length; run.passed += 1)
    if (isWaiting(entries[run.passed] as Entry)) return
  run.deserted = true
  run.alarm?.(Infinity)
  abandonments?.publish(run.told)
  stop(run, reason)
  // Its function may never end, and may still ask how often an item was tried.
  run.riders = entries.map((entry) => (entry.tries ? entry : gone))
}

/** Tells the function that it need not go on. */
export function stop({ riders: entries, abortion }: Run, reason: unknown): void {
  abortion.abort(reason)
  for (const entry of entries) entry.abortion?.abort(reason)
}

/** The function and all its outcomes have ended: the slot is free. */
export function end(state: State, run: Run): void {
  state.runs.delete(run)
  run.alarm?.(Infinity)
  run.finish?.()
  run.riders = []
  run.permit.release?.()
  state.proceed()
}
