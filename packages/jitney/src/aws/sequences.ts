/** An item's place behind those that it must not pass. */
export interface Turn {
  readonly id: string
  /** When it comes back, if it was left undone: milliseconds of the clock. */
  due: number
  /** Resolves when the request that it is in has ended. */
  request?: Promise<void> | undefined
}

/**
 * Items that must not pass each other: for each key those that are not settled, in the order in which
 * they first came.
 */
export class Sequences {
  readonly #isShared: boolean
  readonly #turns = new Map<string, Turn[]>()
  readonly #keys = new Map<string, string>()

  /** @param isShared whether items with equal keys may be in one request. */
  constructor(isShared: boolean) {
    this.#isShared = isShared
  }

  /** What the item has to wait for; nothing if it may go with `riding`. */
  enter(key: string, id: string, riding: ReadonlySet<string>): Turn | undefined {
    const turns = this.#turns.get(key) ?? []
    let place = turns.findIndex((turn) => turn.id === id)
    if (place < 0) {
      place = turns.push({ id, due: -Infinity }) - 1
      this.#turns.set(key, turns)
      this.#keys.set(id, key)
    }
    const before = this.#isShared ? turns[place - 1] : place > 0 ? turns[0] : undefined
    if (before === undefined || (this.#isShared && riding.has(before.id))) return undefined
    return before
  }

  /** The items are in a request that ends with the promise. */
  begin(ids: readonly string[], request: Promise<void>): void {
    for (const id of ids) {
      const turn = this.#turnOf(id)
      if (turn !== undefined) turn.request = request
    }
  }

  /** The item comes back then; until that others wait for it. */
  keep(id: string, due: number): void {
    const turn = this.#turnOf(id)
    if (turn === undefined) return
    turn.due = due
    turn.request = undefined
  }

  /** The item is settled. */
  leave(id: string): void {
    const key = this.#keys.get(id)
    if (key === undefined) return
    this.#keys.delete(id)
    const left = this.#turns.get(key)?.filter((turn) => turn.id !== id) ?? []
    if (left.length > 0) this.#turns.set(key, left)
    else this.#turns.delete(key)
  }

  #turnOf(id: string): Turn | undefined {
    return this.#turns.get(this.#keys.get(id) ?? '')?.find((turn) => turn.id === id)
  }
}
