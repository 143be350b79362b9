const mostRemembered = 100_000

/**
 * How often items failed for want of room or luck, by the ids of their entries. Beside `attempt`,
 * because that counts halves too: who shared a batch with a bad item would be given up early.
 */
export class FailureCounts {
  readonly #counts = new Map<string, number>()

  /** Counts one more failure of the item. Gives how many there are. */
  add(id: string): number {
    const failures = (this.#counts.get(id) ?? 0) + 1
    this.#counts.delete(id)
    this.#counts.set(id, failures)
    // Callers who left while they waited never come back: theirs are the oldest.
    const [oldest] = this.#counts.keys()
    if (this.#counts.size > mostRemembered) this.#counts.delete(oldest!)
    return failures
  }

  /** Whether no item has failed. */
  get isEmpty(): boolean {
    return this.#counts.size === 0
  }

  /** The item is settled. */
  delete(id: string): void {
    this.#counts.delete(id)
  }
}
