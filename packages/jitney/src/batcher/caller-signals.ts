import type { Entry } from './entry.ts'
import { type Hold, nowhere } from './place.ts'

type OnAbort<Item, Result> = (tickets: readonly Ticket<Item, Result>[], reason: unknown) => void

/**
 * The signals that callers gave.
 *
 * One listener per distinct signal, however many callers share it: Node adds a listener in time
 * that grows with those already there.
 */
export class CallerSignals<Item, Result> {
  readonly #onAbort: OnAbort<Item, Result>
  #watches = new Map<AbortSignal, Watch<Item, Result>>()
  /** The one that was asked for last: callers who share a signal mostly come together. */
  #last: Watch<Item, Result> | undefined

  constructor(onAbort: OnAbort<Item, Result>) {
    this.#onAbort = onAbort
  }

  /** Whether anybody who still waits gave a signal. */
  get inUse(): boolean {
    return this.#watches.size > 0
  }

  /** Whether somebody who still waits gave this signal. */
  has(signal: AbortSignal): boolean {
    return this.#find(signal) !== undefined
  }

  watch(signal: AbortSignal, entry: Entry<Item, Result>): void {
    const watch = this.#find(signal) ?? this.#begin(signal)
    entry.ticket = watch.add(entry)
  }

  #find(signal: AbortSignal): Watch<Item, Result> | undefined {
    if (this.#last?.signal !== signal) this.#last = this.#watches.get(signal)
    return this.#last
  }

  #begin(signal: AbortSignal): Watch<Item, Result> {
    const watch = new Watch(signal, this.#forget, this.#onAbort)
    this.#watches.set(signal, watch)
    this.#last = watch
    return watch
  }

  readonly #forget = (signal: AbortSignal): void => {
    this.#last = undefined
    this.#watches.delete(signal)
    // A map that lives long makes each collection look at all that it held.
    if (this.#watches.size === 0) this.#watches = new Map()
  }
}

/** One signal and those who gave it. A listener object, which saves a closure per signal. */
class Watch<Item, Result> {
  readonly signal: AbortSignal
  readonly #forget: (signal: AbortSignal) => void
  readonly #onAbort: OnAbort<Item, Result>
  #first: Ticket<Item, Result> | undefined
  #last: Ticket<Item, Result> | undefined

  constructor(
    signal: AbortSignal,
    forget: (signal: AbortSignal) => void,
    onAbort: OnAbort<Item, Result>,
  ) {
    this.signal = signal
    this.#forget = forget
    this.#onAbort = onAbort
    signal.addEventListener('abort', this)
  }

  add(entry: Entry<Item, Result>): Ticket<Item, Result> {
    const ticket = new Ticket(this, entry, this.#last)
    if (this.#last === undefined) this.#first = ticket
    else this.#last.next = ticket
    this.#last = ticket
    return ticket
  }

  remove({ previous, next }: Ticket<Item, Result>): void {
    if (previous === undefined) this.#first = next
    else previous.next = next
    if (next === undefined) this.#last = previous
    else next.previous = previous
    if (this.#first !== undefined) return
    this.signal.removeEventListener('abort', this)
    this.#forget(this.signal)
  }

  handleEvent(): void {
    const tickets: Ticket<Item, Result>[] = []
    for (let ticket = this.#first; ticket !== undefined; ticket = ticket.next) tickets.push(ticket)
    this.#onAbort(tickets, this.signal.reason)
  }
}

/** One caller's hold on the watch of its signal: linked, so that it is taken out without a search. */
export class Ticket<Item, Result> implements Hold<Item, Result> {
  readonly #watch: Watch<Item, Result>
  readonly entry: Entry<Item, Result>
  place: Hold<Item, Result>['place'] = nowhere
  previous: Ticket<Item, Result> | undefined
  next: Ticket<Item, Result> | undefined

  constructor(
    watch: Watch<Item, Result>,
    entry: Entry<Item, Result>,
    previous: Ticket<Item, Result> | undefined,
  ) {
    this.#watch = watch
    this.entry = entry
    this.previous = previous
  }

  release(): void {
    this.#watch.remove(this)
  }
}
