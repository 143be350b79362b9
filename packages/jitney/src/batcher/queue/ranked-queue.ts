import type { Entry } from '../entry.ts'
import { byArrival, Heap, type Node } from './heap.ts'
import { Queue } from './queue.ts'

/** How many milliseconds of waiting one point of priority is worth. */
const agePerPoint = 1000

/** Entries of one priority, and their places among the others; one who is back is alone. */
interface Bucket {
  readonly queue: Queue
  rank?: Node<Bucket>
  age?: Node<Bucket>
}

/**
 * Entries in the order of their priorities, with ageing; those for another attempt go first.
 *
 * There are mostly few priorities and many entries: those of one priority need no sorting, and keep
 * their place while their first is of the same turn.
 */
export class RankedQueue {
  size = 0
  readonly #buckets = new Map<unknown, Bucket>()
  readonly #byRank = new Heap<Bucket>(byRank)
  readonly #byAge = new Heap<Bucket>(byArrival)

  constructor(entries: readonly Entry[]) {
    for (const entry of entries) this.push(entry)
  }

  /** The entry that leaves next. */
  get first(): Entry | undefined {
    return this.#byRank.first?.queue.first
  }

  /** The entry that came first. */
  get oldest(): Entry | undefined {
    for (;;) {
      const bucket = this.#byAge.first
      const first = bucket?.queue.first
      if (bucket === undefined || first === undefined) return undefined
      const { age } = bucket
      if (first.arrival === age?.arrival && first.order === age.order) return first
      // Those before it have left.
      this.#place('age', this.#byAge, bucket)
    }
  }

  /** The entries that came after a turn. */
  since(turn: number): Entry[] {
    return [...this.#buckets.values()].flatMap(({ queue }) => queue.since(turn))
  }

  push(entry: Entry): void {
    const key = keyOf(entry)
    const bucket: Bucket = this.#buckets.get(key) ?? { queue: new Queue() }
    bucket.queue.push(entry)
    this.size += 1
    if (bucket.queue.size > 1) return
    this.#buckets.set(key, bucket)
    this.#place('rank', this.#byRank, bucket)
    this.#place('age', this.#byAge, bucket)
  }

  /** Takes out an entry that has just been settled, or is the first. */
  drop(entry: Entry): void {
    const key = keyOf(entry)
    const bucket = this.#buckets.get(key) as Bucket
    const { queue } = bucket
    queue.drop(entry)
    this.size -= 1
    if (queue.first?.arrival === bucket.rank?.arrival) return
    this.#place('rank', this.#byRank, bucket)
    if (queue.size > 0) return
    this.#place('age', this.#byAge, bucket)
    this.#buckets.delete(key)
  }

  /** Puts a bucket where its first entry belongs. */
  #place(kind: 'rank' | 'age', heap: Heap<Bucket>, bucket: Bucket): void {
    const { first } = bucket.queue
    if (bucket[kind] !== undefined) bucket[kind].value = undefined
    if (first === undefined) return
    const { arrival, attempts, order, priority } = first
    bucket[kind] = {
      value: bucket,
      arrival,
      order,
      priority: attempts === undefined ? priority : Infinity,
    }
    heap.push(bucket[kind])
  }
}

function keyOf(entry: Entry): unknown {
  return entry.attempts === undefined ? (entry.priority ?? 0) : entry
}

// Infinity less Infinity is no number: then the one that came first.
function byRank(left: Node<Bucket>, right: Node<Bucket>): number {
  return rankOf(left) - rankOf(right) || byArrival(left, right)
}

/** When it came, less what its priority is worth, in milliseconds. */
function rankOf({ arrival, priority = 0 }: Node<Bucket>): number {
  return arrival.time - priority * agePerPoint
}
