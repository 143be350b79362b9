/** What the function is told of its item, beside the index. */
export interface ItemContext {
  /**
   * Aborts when the result is not wanted any more: the consumer stopped, the signal that was passed
   * in aborted, or another item failed. Each item has its own, made when it is first read.
   */
  readonly signal: AbortSignal
}

/** The signals of all that is in flight. */
export class Signals {
  readonly live: Set<AbortController> = new Set()
  /** Set once they are aborted. */
  reason: readonly [unknown] | undefined

  abort(reason: unknown): void {
    this.reason = [reason]
    for (const controller of this.live) controller.abort(reason)
  }
}

/**
 * A signal for each item and not one for all: Node adds a listener in time that grows with those
 * already there, and warns at the eleventh.
 */
export class Context implements ItemContext {
  readonly #signals: Signals
  #controller: AbortController | undefined

  constructor(signals: Signals) {
    this.#signals = signals
  }

  get signal(): AbortSignal {
    const { live, reason } = this.#signals
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (reason === undefined) live.add(this.#controller)
      else this.#controller.abort(reason[0])
    }
    return this.#controller.signal
  }

  static end(context: Context): void {
    if (context.#controller !== undefined) context.#signals.live.delete(context.#controller)
  }
}
