import type { Entry } from '../entry.ts'
import { Heap } from './heap.ts'
import { Queue } from './queue.ts'

/** How many milliseconds of waiting one point of priority is worth. */
const agePerPoint = 1000

/**
 * Entries in the order of their priorities, with ageing; those for another attempt go first.
 *
 * There are mostly few priorities and many entries: those of one priority have a queue and need no
 * sorting; one who is back has a queue for itself.
 */
export class RankedQueue {
  size = 0
  readonly #byRank = new Heap<Queue>()
  readonly #byAge = new Heap<Queue>()

  constructor(entries: readonly Entry[]) {
    for (const entry of entries) this.push(entry)
  }

  /** The entry that leaves next. */
  get first(): Entry | undefined {
    return this.#byRank.first?.first
  }

  /** The entry that came first. */
  get oldest(): Entry | undefined {
    return this.#byAge.first?.first
  }

  /** The entries that came after one. */
  since(order: number): Entry[] {
    return this.#byRank.all.flatMap((queue) => queue.since(order))
  }

  push(entry: Entry): void {
    this.#change(entry, 1)
  }

  /** Takes out an entry that has just been settled, or is the first. */
  drop(entry: Entry): void {
    this.#change(entry, -1)
  }

  #change(entry: Entry, sign: 1 | -1): void {
    const { attempts, priority = 0 } = entry
    const key = attempts ? entry : priority
    const queue = this.#byRank.get(key) ?? new Queue()
    if (sign > 0) queue.push(entry)
    else queue.drop(entry)
    this.size += sign
    const { first } = queue
    const { time } = (first ?? entry).arrival
    this.#byRank.put(key, queue, first, attempts ? -Infinity : time - priority * agePerPoint)
    this.#byAge.put(key, queue, first)
  }
}
