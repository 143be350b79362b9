import { type Entry, isWaiting } from '../entry.ts'
import { Heap, leave } from './heap.ts'

/** How many milliseconds of waiting one point of priority is worth. */
const agePerPoint = 1000

/**
 * Entries in the order in which they came; once they are ranked, in the order of their priorities,
 * with ageing, those for another attempt first.
 *
 * Every operation takes constant time per entry at any length, or logarithmic time when ranked: what
 * is taken out leaves a gap before `#head` or a hole, and both go when they outweigh the rest.
 */
export class Queue {
  size = 0
  /** In the order in which they leave, if that is another. */
  ranked: Heap<Entry> | undefined
  #entries: Entry[] = []
  #head = 0

  /** The entry that leaves next. */
  get first(): Entry | undefined {
    return this.ranked ? this.ranked.first : this.#next
  }

  /** The entry that came first. */
  get oldest(): Entry | undefined {
    const { first } = this
    const next = this.#next
    // Those for another attempt stand behind others, but are the first to leave.
    return first && next && first.order < next.order ? first : next
  }

  /** All of them. */
  get all(): Entry[] {
    return this.size === this.#entries.length ? this.#entries : this.since(0)
  }

  /** The entries that came after one. */
  since(order: number): Entry[] {
    let from = this.#entries.length
    while (from > this.#head && (this.#entries[from - 1] as Entry).order > order) from -= 1
    const entries = this.#entries.slice(from).filter(this.#isHere)
    // One that is back may stand where it stood as well.
    return this.ranked ? [...new Set(entries)] : entries
  }

  /**
   * Adds an entry, and says whether it has filled a batch: a queue by itself never does.
   *
   * @param isSpecial whether it may leave before others.
   */
  push(entry: Entry, isSpecial = false): boolean {
    this.#entries.push(entry)
    this.size += 1
    if (isSpecial || this.ranked) {
      const unranked = this.ranked ? [entry] : this.since(0)
      this.ranked ??= new Heap()
      for (const each of unranked) this.ranked.put(each, each.order, rankOf(each))
    }
    return false
  }

  /** Takes out an entry that has just been settled, or is the first. */
  drop(entry: Entry): void {
    this.size -= 1
    if (this.ranked) leave(entry)
    if (entry === this.#entries[this.#head]) this.#head += 1
    if (this.#entries.length > 2 * this.size + 64) {
      this.#entries = this.since(0)
      this.#head = 0
    }
  }

  get #next(): Entry | undefined {
    for (; ; this.#head += 1) {
      const entry = this.#entries[this.#head]
      if (entry === undefined || this.#isHere(entry)) return entry
    }
  }

  get #isHere(): (entry: Entry) => boolean {
    return this.ranked ? hasRank : isWaiting
  }
}

function hasRank({ node }: Entry): boolean {
  return node !== undefined
}

/** When it came, less what its priority is worth. */
function rankOf({ arrival, attempts, priority = 0 }: Entry): number {
  return attempts ? -Infinity : arrival.time - priority * agePerPoint
}
