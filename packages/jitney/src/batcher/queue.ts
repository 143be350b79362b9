import type { Entry } from './entry.ts'

/**
 * Entries in the order in which they came.
 *
 * Every operation takes constant time per entry at any length: taken entries leave a gap before
 * `#head`, removed ones a hole, and both go when they outweigh the rest.
 */
export class Queue<Item, Result> {
  #slots: (Entry<Item, Result> | undefined)[] = []
  #head = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The entry that came first. */
  get first(): Entry<Item, Result> | undefined {
    while (this.#head < this.#slots.length) {
      const entry = this.#slots[this.#head]
      if (entry?.resolve !== undefined) return entry
      this.#slots[this.#head] = undefined
      this.#head += 1
    }
    return undefined
  }

  get oldest(): Entry<Item, Result> | undefined {
    return this.first
  }

  /** The entry that came first, unless it came after `lastTurn`. */
  next(lastTurn: number): Entry<Item, Result> | undefined {
    const { first } = this
    return first === undefined || first.arrival.turn > lastTurn ? undefined : first
  }

  /** Adds a entry. A queue by itself never fills a batch. */
  push(entry: Entry<Item, Result>): boolean {
    this.#slots.push(entry)
    this.#size += 1
    return false
  }

  /** Takes out the first `limit` entries, or all, up to one that does not fit or came after `lastTurn`. */
  take(
    limit: number,
    fits?: (entry: Entry<Item, Result>) => boolean,
    lastTurn: number = Infinity,
  ): Entry<Item, Result>[] {
    const whole = this.#size <= limit && this.#size === this.#slots.length
    if (whole && fits === undefined && lastTurn === Infinity) {
      const entries = this.#slots as Entry<Item, Result>[]
      this.clear()
      return entries
    }
    const entries: Entry<Item, Result>[] = []
    for (let entry = this.first; entry !== undefined; entry = this.first) {
      const leaves =
        entries.length < limit && entry.arrival.turn <= lastTurn && fits?.(entry) !== false
      if (!leaves) break
      entries.push(entry)
      this.#slots[this.#head] = undefined
      this.#head += 1
    }
    this.#shrink(entries.length)
    return entries
  }

  /** Takes note that a entry has just gone out. */
  drop(): boolean {
    this.#shrink(1)
    return false
  }

  /** Takes out the first entry. */
  shift(): void {
    if (this.first === undefined) return
    this.#slots[this.#head] = undefined
    this.#head += 1
    this.#shrink(1)
  }

  clear(): void {
    this.#slots = []
    this.#head = 0
    this.#size = 0
  }

  /** The entries that came after a turn. */
  since(turn: number): Entry<Item, Result>[] {
    const entries: Entry<Item, Result>[] = []
    for (let index = this.#slots.length - 1; index >= this.#head; index -= 1) {
      const entry = this.#slots[index]
      if (entry !== undefined && entry.arrival.turn <= turn) break
      if (entry?.resolve !== undefined) entries.push(entry)
    }
    return entries.toReversed()
  }

  #shrink(by: number): void {
    this.#size -= by
    if (this.#size === 0) this.clear()
    if (this.#slots.length < 64 || this.#size * 2 > this.#slots.length) return
    this.#slots = this.#slots.filter((entry) => entry?.resolve !== undefined)
    this.#head = 0
  }
}
