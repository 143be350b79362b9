/** What the function is told of its item, beside the index. */
export interface ItemContext {
  /**
   * Aborts when the result is not wanted any more: the consumer stopped, the signal that was passed
   * in aborted, or another item failed. Each item has its own, made when it is first read.
   */
  readonly signal: AbortSignal
}

/** What the items in flight share. */
export interface Flight {
  /** Those of which the signal was read. */
  readonly live: Set<AbortController>
  /** Why all were aborted, once they are. */
  reason?: readonly [unknown]
}

/**
 * A signal for each item and not one for all: Node adds a listener in time that grows with those
 * already there, and warns at the eleventh.
 */
export class Context implements ItemContext {
  readonly #flight: Flight
  #controller: AbortController | undefined

  constructor(flight: Flight) {
    this.#flight = flight
  }

  get signal(): AbortSignal {
    const { live, reason } = this.#flight
    if (this.#controller === undefined) {
      live.add((this.#controller = new AbortController()))
      if (reason !== undefined) this.#controller.abort(...reason)
    }
    return this.#controller.signal
  }

  /** From here on nothing aborts its signal. */
  static end(context: Context): void {
    if (context.#controller !== undefined) context.#flight.live.delete(context.#controller)
  }
}
