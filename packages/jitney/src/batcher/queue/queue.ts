import { type Entry, isWaiting } from '../entry.ts'

/**
 * Entries in the order in which they came.
 *
 * Every operation takes constant time per entry at any length: what is taken out leaves a gap before
 * `#head`, or a hole if it was settled, and both go when they outweigh the rest.
 */
export class Queue {
  size = 0
  #entries: Entry[] = []
  #head = 0

  /** The entry that came first. */
  get first(): Entry | undefined {
    for (; ; this.#head += 1) {
      const entry = this.#entries[this.#head]
      if (entry === undefined || isWaiting(entry)) return entry
    }
  }

  get oldest(): Entry | undefined {
    return this.first
  }

  /** All of them. */
  get all(): Entry[] {
    return this.size === this.#entries.length ? this.#entries : this.since(0)
  }

  /** The entries that came after one. */
  since(order: number): Entry[] {
    let from = this.#entries.length
    while (from > this.#head && (this.#entries[from - 1] as Entry).order > order) from -= 1
    return this.#entries.slice(from).filter(isWaiting)
  }

  /** Adds an entry. A queue by itself never fills a batch. */
  push(entry: Entry): boolean {
    this.#entries.push(entry)
    this.size += 1
    return false
  }

  /** Takes out an entry that has just been settled, or is the first. */
  drop(entry: Entry): void {
    this.size -= 1
    if (entry === this.#entries[this.#head]) this.#head += 1
    if (this.#entries.length > 2 * this.size + 64) {
      this.#entries = this.since(0)
      this.#head = 0
    }
  }
}
