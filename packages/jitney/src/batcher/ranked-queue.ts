import type { Entry } from './entry.ts'
import { byArrival, Heap, type Node } from './heap.ts'

/** How many milliseconds of waiting one point of priority is worth. */
const agePerPoint = 1000

/** Entries in the order of their priorities, with ageing; those for another attempt go first. */
export class RankedQueue {
  readonly #nodes = new Map<Entry, Node<Entry>>()
  readonly #byRank = new Heap<Entry>(byRank)
  readonly #byAge = new Heap<Entry>(byArrival)
  #order = 0

  constructor(entries: readonly Entry[]) {
    for (const entry of entries) this.push(entry)
  }

  get size(): number {
    return this.#nodes.size
  }

  /** The entry that leaves next. */
  get first(): Entry | undefined {
    return this.#byRank.first
  }

  /** The entry that came first. */
  get oldest(): Entry | undefined {
    return this.#byAge.first
  }

  /** The entries that came, or came back, after a turn. */
  since(turn: number): Entry[] {
    return [...this.#nodes.keys()].filter(({ arrival }) => arrival.turn > turn)
  }

  push(entry: Entry): void {
    const { arrival, attempts, order = 0, priority } = entry
    this.#order += 1
    const node = {
      value: entry,
      arrival,
      // Those of one turn, as they were pushed; who is back, as they came.
      order: attempts === undefined ? this.#order : order,
      priority: attempts === undefined ? priority : Infinity,
    }
    this.#nodes.set(entry, node)
    this.#byRank.push(node)
    this.#byAge.push(node)
  }

  /** Takes an entry out. */
  drop(entry: Entry): void {
    const node = this.#nodes.get(entry) as Node<Entry>
    node.value = undefined
    this.#nodes.delete(entry)
  }
}

// Infinity less Infinity is no number: then the one that came first.
function byRank(left: Node<Entry>, right: Node<Entry>): number {
  return rankOf(left) - rankOf(right) || byArrival(left, right)
}

/** When it came, less what its priority is worth, in milliseconds. */
function rankOf({ arrival, priority = 0 }: Node<Entry>): number {
  return arrival.time - priority * agePerPoint
}
