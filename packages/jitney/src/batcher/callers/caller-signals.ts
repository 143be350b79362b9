import { type Entry, isWaiting, type Ticket } from '../entry.ts'
import { advance } from '../queue/admission.ts'
import { leaveJoint } from '../queue/joints.ts'
import type { Run } from '../run/run.ts'
import { abandon, allLeft } from '../run/runs.ts'
import type { State } from '../state.ts'
import { settleWith } from './callers.ts'

/**
 * One signal that callers gave, and those who gave it.
 *
 * One listener per distinct signal, however many callers share it: Node adds a listener in time
 * that grows with those already there. A listener object, which saves closures per signal.
 */
export class Watch implements Ticket {
  readonly #state: State
  readonly #signal: AbortSignal
  entries: Entry[] = []
  live = 0

  constructor(state: State, signal: AbortSignal) {
    this.#state = state
    this.#signal = signal
    signal.addEventListener('abort', this)
    state.signals.set(signal, this)
  }

  release(): void {
    const state = this.#state
    this.live -= 1
    if (this.entries.length > 2 * this.live + 64) this.entries = this.entries.filter(isWaiting)
    if (this.live > 0) return
    this.#signal.removeEventListener('abort', this)
    state.signals.delete(this.#signal)
    // A map that lives long makes each collection look at all that it held.
    if (state.signals.size === 0) state.signals = new Map()
  }

  /** Takes out the callers, as the signal aborted. */
  handleEvent(): void {
    const state = this.#state
    const { reason } = this.#signal
    const left: Entry[] = []
    for (const caller of this.entries) {
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
    for (const entry of left) {
      if (state.runs.has(entry.place as Run)) abandon(entry.place as Run, allLeft)
      entry.abortion?.().abort(reason)
    }
    state.update()
  }
}

/** Lets the caller leave when the signal aborts. */
export function watch(state: State, signal: AbortSignal, entry: Entry): void {
  const known = state.signals.get(signal) ?? new Watch(state, signal)
  known.entries.push(entry)
  known.live += 1
  entry.ticket = known
}
