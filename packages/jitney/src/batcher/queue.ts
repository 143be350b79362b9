import { type Entry, isWaiting } from './entry.ts'

/**
 * Entries in the order in which they came.
 *
 * Every operation takes constant time per entry at any length: taken entries leave a gap before
 * `#head`, settled ones a hole, and both go when they outweigh the rest.
 */
export class Queue {
  size = 0
  #entries: Entry[] = []
  #head = 0

  /** The entry that came first. */
  get first(): Entry | undefined {
    for (; this.#head < this.#entries.length; this.#head += 1) {
      const entry = this.#entries[this.#head] as Entry
      if (entry.resolve !== undefined) return entry
    }
    return undefined
  }

  get oldest(): Entry | undefined {
    return this.first
  }

  /** The entries that came after a turn. */
  since(turn: number): Entry[] {
    let from = this.#entries.length
    while (from > this.#head && (this.#entries[from - 1] as Entry).arrival.turn > turn) from -= 1
    return this.#entries.slice(from).filter(isWaiting)
  }

  /** Adds an entry. A queue by itself never fills a batch. */
  push(entry: Entry): boolean {
    this.#entries.push(entry)
    this.size += 1
    return false
  }

  /** Takes out the first entry, which is known to be there. */
  shift(): void {
    this.#head += 1
    this.drop()
  }

  /** Takes out all. */
  clear(): Entry[] {
    const entries = this.size === this.#entries.length ? this.#entries : this.since(-1)
    this.#entries = []
    this.#head = 0
    this.size = 0
    return entries
  }

  /** Takes note that an entry has just been settled, or taken. */
  drop(): void {
    this.size -= 1
    if (this.#entries.length <= 2 * this.size + 64) return
    this.#entries = this.since(-1)
    this.#head = 0
  }
}
