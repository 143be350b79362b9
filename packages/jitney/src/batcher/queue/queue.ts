import { type Entry, isWaiting } from '../entry.ts'

/**
 * Entries in the order in which they came.
 *
 * Every operation takes constant time per entry at any length: what is taken out leaves a gap before
 * `#head`, or a hole if it was settled, and both go when they outweigh the rest.
 */
export class Queue {
  amount = 0
  #entries: Entry[] = []
  #head = 0

  /** The entry that leaves next. */
  get front(): Entry | undefined {
    for (; ; this.#head += 1) {
      const entry = this.#entries[this.#head]
      if (!entry || isWaiting(entry)) return entry
    }
  }

  /** All of them, without gap or hole. */
  get everyone(): Entry[] {
    if (this.#head > 0) this.#entries = this.#entries.slice(this.#head)
    this.#head = 0
    if (this.#entries.length > this.amount) this.#entries = this.#entries.filter(isWaiting)
    return this.#entries
  }

  enter(entry: Entry): void {
    this.#entries.push(entry)
    this.amount += 1
  }

  /** Takes out an entry that has just been settled, or is the first. */
  drop(entry: Entry): void {
    this.amount -= 1
    if (entry === this.#entries[this.#head]) this.#head += 1
    if (this.#entries.length > 2 * this.amount + 64) void this.everyone
  }

  /** Takes out all. */
  empty(): Entry[] {
    const { everyone: all } = this
    this.#entries = []
    this.amount = 0
    return all
  }
}
