import { type Entry, settle, type Ticket } from '../entry.ts'
import { advance } from '../queue/admission.ts'
import { abandon, allLeft } from '../run/runs.ts'
import type { State } from '../state.ts'
import { settleWith } from './callers.ts'

/** One signal that callers gave, and those of them who wait. */
export interface Watch extends Ticket {
  readonly callers: Entry[]
}

/** Lets the caller leave when the signal aborts. */
export function watch(state: State, signal: AbortSignal, caller: Entry): void {
  const known = state.signals.get(signal) ?? begin(state, signal)
  caller.seat = known.callers.push(caller) - 1
  caller.ticket = known
}

/**
 * One listener per distinct signal, however many callers share it: Node adds a listener in time
 * that grows with those already there.
 */
function begin(state: State, signal: AbortSignal): Watch {
  const callers: Entry[] = []
  const leave = (): void => {
    const left: Entry[] = []
    for (const caller of callers.toSorted((one, other) => one.order - other.order)) {
      state.counts.aborted += 1
      settleWith(caller, signal.reason)
      // What is shared leaves with the last who shares it.
      const { joint: entry = caller } = caller
      entry.callers?.delete(caller)
      if (entry.callers?.size) continue
      settle(entry, undefined)
      entry.place?.drop(entry)
      left.push(entry)
    }
    advance(state)
    // Last, because listeners of these signals run at once and may call anything.
    for (const entry of left) {
      abandon(entry.place, allLeft)
      entry.abortion?.abort(signal.reason)
    }
    state.proceed()
  }
  const begun: Watch = {
    callers,
    quit(caller) {
      // The last one takes its seat.
      const last = callers.at(-1) as Entry
      callers[(last.seat = caller.seat as number)] = last
      callers.pop()
      if (callers.length) return
      signal.removeEventListener('abort', leave)
      state.signals.delete(signal)
      // A map that lives long makes each collection look at all that it held.
      if (!state.signals.size) state.signals = new Map()
    },
  }
  signal.addEventListener('abort', leave)
  state.signals.set(signal, begun)
  return begun
}
