import type { Entry } from './entry.ts'
import type { Queue } from './queue.ts'
import type { Run } from './run.ts'

/** Where an entry is now, so that whoever aborts can be taken out of it. */
export type Place<Item, Result> = Queue<Item, Result> | Run<Item, Result>

/**
 * The signals that callers gave.
 *
 * One listener per distinct signal, however many callers share it: Node adds a listener in time
 * that grows with those already there.
 */
export class CallerSignals<Item, Result> {
  readonly #watches = new Map<AbortSignal, Watch<Item, Result>>()
  readonly #onAbort: (tickets: readonly Ticket<Item, Result>[], reason: unknown) => void

  constructor(onAbort: (tickets: readonly Ticket<Item, Result>[], reason: unknown) => void) {
    this.#onAbort = onAbort
  }

  /** Whether anybody who still waits gave a signal. */
  get inUse(): boolean {
    return this.#watches.size > 0
  }

  /** Whether somebody who still waits gave this signal. */
  has(signal: AbortSignal): boolean {
    return this.#watches.has(signal)
  }

  watch(signal: AbortSignal, entry: Entry<Item, Result>, place: Place<Item, Result>): void {
    let watch = this.#watches.get(signal)
    if (watch === undefined) {
      watch = new Watch(signal, this.#forget, this.#onAbort)
      this.#watches.set(signal, watch)
    }
    entry.ticket = watch.add(entry, place)
  }

  readonly #forget = (signal: AbortSignal): void => {
    this.#watches.delete(signal)
  }
}

/** One signal and those who gave it. A listener object, which saves a closure per signal. */
class Watch<Item, Result> {
  readonly #signal: AbortSignal
  readonly #forget: (signal: AbortSignal) => void
  readonly #onAbort: (tickets: readonly Ticket<Item, Result>[], reason: unknown) => void
  #tickets: Ticket<Item, Result>[] = []

  constructor(
    signal: AbortSignal,
    forget: (signal: AbortSignal) => void,
    onAbort: (tickets: readonly Ticket<Item, Result>[], reason: unknown) => void,
  ) {
    this.#signal = signal
    this.#forget = forget
    this.#onAbort = onAbort
    signal.addEventListener('abort', this)
  }

  add(entry: Entry<Item, Result>, place: Place<Item, Result>): Ticket<Item, Result> {
    const ticket = new Ticket(this, this.#tickets.length, entry, place)
    this.#tickets.push(ticket)
    return ticket
  }

  /** Takes out one ticket; the last takes its index, so that nothing is searched or shifted. */
  remove(index: number): void {
    const last = this.#tickets.pop()
    if (last !== undefined && last.index !== index) {
      last.index = index
      this.#tickets[index] = last
    }
    if (this.#tickets.length === 0) this.#close()
  }

  handleEvent(): void {
    const tickets = [...this.#tickets]
    this.#onAbort(tickets, this.#signal.reason)
  }

  #close(): void {
    this.#signal.removeEventListener('abort', this)
    this.#forget(this.#signal)
  }
}

/** One caller's hold on the watch of its signal. */
export class Ticket<Item, Result> {
  readonly #watch: Watch<Item, Result>
  /** Its place in the watch's list. */
  index: number
  readonly entry: Entry<Item, Result>
  place: Place<Item, Result>

  constructor(
    watch: Watch<Item, Result>,
    index: number,
    entry: Entry<Item, Result>,
    place: Place<Item, Result>,
  ) {
    this.#watch = watch
    this.index = index
    this.entry = entry
    this.place = place
  }

  release(): void {
    this.#watch.remove(this.index)
  }
}

/** Notes that entries have moved. */
export function moveTickets<Item, Result>(
  entries: readonly Entry<Item, Result>[],
  place: Place<Item, Result>,
): void {
  for (const { ticket } of entries) {
    if (ticket !== undefined) ticket.place = place
  }
}
