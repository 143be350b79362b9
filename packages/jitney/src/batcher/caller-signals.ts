import type { Entry, Ticket } from './entry.ts'
import { Queue } from './queue.ts'

type OnAbort = (entries: readonly Entry[], reason: unknown) => void

/**
 * The signals that callers gave.
 *
 * One listener per distinct signal, however many callers share it: Node adds a listener in time
 * that grows with those already there.
 */
export class CallerSignals {
  readonly #onAbort: OnAbort
  #watches = new Map<AbortSignal, Watch>()
  /** The one that was asked for last: callers who share a signal mostly come together. */
  #last: Watch | undefined

  constructor(onAbort: OnAbort) {
    this.#onAbort = onAbort
  }

  /** Whether anybody who still waits gave a signal. */
  get inUse(): boolean {
    return this.#watches.size > 0
  }

  /** Whether somebody who still waits gave this signal. */
  has(signal: AbortSignal): boolean {
    if (this.#last?.signal !== signal) this.#last = this.#watches.get(signal)
    return this.#last !== undefined
  }

  watch(signal: AbortSignal, entry: Entry): void {
    if (!this.has(signal)) {
      this.#last = new Watch(signal, this.#onAbort, this.#forget)
      this.#watches.set(signal, this.#last)
    }
    entry.ticket = this.#last
    this.#last?.entries.push(entry)
  }

  readonly #forget = (signal: AbortSignal): void => {
    this.#last = undefined
    this.#watches.delete(signal)
    // A map that lives long makes each collection look at all that it held.
    if (this.#watches.size === 0) this.#watches = new Map()
  }
}

/** One signal and those who gave it. A listener object, which saves a closure per signal. */
class Watch implements Ticket {
  readonly signal: AbortSignal
  readonly entries = new Queue()
  readonly #onAbort: OnAbort
  readonly #forget: (signal: AbortSignal) => void

  constructor(signal: AbortSignal, onAbort: OnAbort, forget: (signal: AbortSignal) => void) {
    this.signal = signal
    this.#onAbort = onAbort
    this.#forget = forget
    signal.addEventListener('abort', this)
  }

  release(entry: Entry): void {
    this.entries.drop(entry)
    if (this.entries.size > 0) return
    this.signal.removeEventListener('abort', this)
    this.#forget(this.signal)
  }

  handleEvent(): void {
    this.#onAbort(this.entries.since(-1), this.signal.reason)
  }
}
