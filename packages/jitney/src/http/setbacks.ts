const mostRemembered = 100_000

interface Setback {
  /** How often the requests failed that the item was in, since the last that was divided. */
  failures: number
  /** Whose company it keeps, if one of them spoils a request. */
  company?: number
}

/**
 * How items fared so far, by the ids of their entries: those that were done or given up are not
 * known.
 *
 * Failures are counted here, because `attempt` counts halves too: who shared a batch with a bad item
 * would be given up early. A half that is refused for want of room or luck stays apart until it is
 * answered: among others it would spoil theirs, and be divided from the top.
 */
export class Setbacks {
  readonly #setbacks = new Map<string, Setback>()
  #companies = 0

  /** Whether no item has failed. */
  get isEmpty(): boolean {
    return this.#setbacks.size === 0
  }

  /** Counts one more failure of the item. Gives how many there are. */
  add(id: string): number {
    const setback = this.#setbacks.get(id) ?? { failures: 0 }
    setback.failures += 1
    this.#keep(id, setback)
    return setback.failures
  }

  /** How often the item has failed. */
  failuresOf(id: string): number {
    return this.#setbacks.get(id)?.failures ?? 0
  }

  /** The item is settled. */
  delete(id: string): void {
    this.#setbacks.delete(id)
  }

  /** One of these spoils their request, which will be divided: its halves begin anew. */
  suspect(ids: readonly string[]): void {
    for (const id of ids) this.#keep(id, { failures: 0, company: 0 })
  }

  /** The request was answered: the item did not spoil it. */
  acquit(id: string): void {
    delete this.#setbacks.get(id)?.company
  }

  /** These failed together. Keeps them together and apart from others, if one of them is suspected. */
  unite(ids: readonly string[]): void {
    if (ids.every((id) => this.#companyOf(id) === undefined)) return
    this.#companies += 1
    for (const id of ids) this.#setbacks.get(id)!.company = this.#companies
  }

  /** Whether these belong into more than one request. */
  areStrangers(ids: readonly string[]): boolean {
    return new Set(ids.map((id) => this.#companyOf(id))).size > 1
  }

  #companyOf(id: string): number | undefined {
    return this.#setbacks.get(id)?.company
  }

  #keep(id: string, setback: Setback): void {
    this.#setbacks.delete(id)
    this.#setbacks.set(id, setback)
    // Callers who left while they waited never come back: theirs are the oldest.
    const [oldest] = this.#setbacks.keys()
    if (this.#setbacks.size > mostRemembered) this.#setbacks.delete(oldest!)
  }
}
