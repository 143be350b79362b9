/** What the function is told of its item, beside the index. */
export interface ItemContext {
  /**
   * Aborts when the result is not wanted any more: the consumer stopped, the signal that was passed
   * in aborted, or another item failed. Each item has its own, and not one for all: Node adds a
   * listener in time that grows with those already there, and warns at the eleventh.
   */
  readonly signal: AbortSignal
}
