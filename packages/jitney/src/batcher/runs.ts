import { type BatchMessage, isObserved, logBatch, publishAbandoned } from '../platform/diagnostics.ts'
import type { Run } from './run.ts'
import type { State } from './state.ts'

/**
 * Why a batch is told to stop when nobody waits for it any more. One for all: an error that is made
 * while a caller's signal aborts keeps that signal, through the frames of its stack.
 */
export const allLeft: DOMException = /* @__PURE__ */ new DOMException(
  'All callers left',
  'AbortError',
)

/** Takes note that nobody waits for these any more, and tells their functions. */
export function abandon(state: State, runs: Iterable<Run>, reason: unknown): void {
  const given = [...new Set(runs)].filter((run) => !run.abandoned && run.live === 0)
  for (const run of given) {
    run.abandoned = true
    run.alarm?.clear()
  }
  // Only now, because listeners run at once and may call anything, `abort` among it.
  for (const run of given) {
    if (run.startTime !== undefined) publishAbandoned(messageOf(state, run))
    stop(run, reason)
  }
}

/** Tells the function that it need not go on. */
export function stop({ entries, abortion }: Run, reason: unknown): void {
  abortion.abort(reason)
  for (const entry of entries) entry.abortion?.abort(reason)
}

/** The function and all its outcomes have ended: the slot is free. */
export function end(state: State, run: Run): void {
  state.runs.delete(run)
  run.alarm?.clear()
  if (run.startTime !== undefined) {
    const duration = state.settings.clock.now() - run.startTime
    state.totalDuration += duration
    if (isObserved()) logBatch(messageOf(state, run), duration, run.failed)
  }
  run.entries = []
  run.permit.release()
  state.update()
}

export function messageOf(state: State, run: Run): BatchMessage {
  const { reason, size, oldestArrival } = run
  const { batcher, settings } = state
  const queueTime = (run.startTime ?? 0) - oldestArrival
  return { batcher, name: settings.name, reason, size, queueTime }
}
