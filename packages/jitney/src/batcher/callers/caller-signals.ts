import { type Entry, isWaiting, type Ticket } from '../entry.ts'
import type { State } from '../state.ts'
import { leave } from './leaving.ts'

/**
 * One signal that callers gave, and those who gave it.
 *
 * One listener per distinct signal, however many callers share it: Node adds a listener in time
 * that grows with those already there. A listener object, which saves closures per signal.
 */
export class Watch implements Ticket {
  readonly #state: State
  readonly #signal: AbortSignal
  #entries: Entry[] = []
  #live = 0

  constructor(state: State, signal: AbortSignal) {
    this.#state = state
    this.#signal = signal
    signal.addEventListener('abort', this)
    state.signals.set(signal, this)
  }

  add(entry: Entry): void {
    this.#entries.push(entry)
    this.#live += 1
    entry.ticket = this
  }

  release(): void {
    this.#live -= 1
    if (this.#live > 0) {
      if (this.#entries.length > 2 * this.#live + 64)
        this.#entries = this.#entries.filter(isWaiting)
      return
    }
    const state = this.#state
    this.#signal.removeEventListener('abort', this)
    state.signals.delete(this.#signal)
    // A map that lives long makes each collection look at all that it held.
    if (state.signals.size === 0) state.signals = new Map()
  }

  handleEvent(): void {
    leave(this.#state, this.#entries.filter(isWaiting), this.#signal.reason)
  }
}

/** Lets the caller leave when the signal aborts. */
export function watch(state: State, signal: AbortSignal, entry: Entry): void {
  const known = state.signals.get(signal) ?? new Watch(state, signal)
  known.add(entry)
}
