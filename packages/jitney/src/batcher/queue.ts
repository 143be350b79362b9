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

  push(entry: Entry<Item, Result>): void {
    this.#slots.push(entry)
    this.#size += 1
  }

  /** Takes out the first `limit` entries, or all; none that came after `lastTurn`. */
  take(limit: number, lastTurn: number = Infinity): Entry<Item, Result>[] {
    const whole = this.#size <= limit && this.#size === this.#slots.length && lastTurn === Infinity
    const entries = whole ? (this.#slots as Entry<Item, Result>[]) : this.#collect(limit, lastTurn)
    if (whole) this.clear()
    return entries
  }

  /** Lets go of one entry that has just been settled. */
  drop(): void {
    this.#size -= 1
    if (this.#size === 0) this.clear()
    else this.#compact()
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
    return entries
  }

  *[Symbol.iterator](): Iterator<Entry<Item, Result>> {
    for (let index = this.#head; index < this.#slots.length; index += 1) {
      const entry = this.#slots[index]
      if (entry?.resolve !== undefined) yield entry
    }
  }

  #collect(limit: number, lastTurn: number): Entry<Item, Result>[] {
    const entries: Entry<Item, Result>[] = []
    while (entries.length < limit) {
      const entry = this.first
      if (entry === undefined || entry.arrival.turn > lastTurn) break
      this.#slots[this.#head] = undefined
      this.#head += 1
      entries.push(entry)
    }
    this.#size -= entries.length
    if (this.#size === 0) this.clear()
    else this.#compact()
    return entries
  }

  #compact(): void {
    if (this.#slots.length < 64 || this.#size * 2 > this.#slots.length) return
    this.#slots = this.#slots.filter((entry) => entry?.resolve !== undefined)
    this.#head = 0
  }
}
