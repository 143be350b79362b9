/** What the function is told of its item, beside the index. */
export interface ItemContext {
  /**
   * Aborts when the result is not wanted any more: the consumer stopped, the signal that was passed
   * in aborted, or another item failed. Each item has its own, made when it is first read.
   */
  readonly signal: AbortSignal
}

/**
 * A signal for each item and not one for all: Node adds a listener in time that grows with those
 * already there, and warns at the eleventh.
 */
export class Context implements ItemContext {
  readonly #open: (context: Context) => AbortController
  #controller: AbortController | undefined

  constructor(open: (context: Context) => AbortController) {
    this.#open = open
  }

  get signal(): AbortSignal {
    return (this.#controller ??= this.#open(this)).signal
  }
}
