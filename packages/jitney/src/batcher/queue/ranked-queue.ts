import type { Entry } from '../entry.ts'
import { byArrival, byRank, Heap, type Placed, putInto } from './heap.ts'
import { Queue } from './queue.ts'

/** Entries of one priority, and their place among the others; one who is back is alone. */
interface Bucket extends Placed<Bucket> {
  readonly key: unknown
  readonly queue: Queue
}

/**
 * Entries in the order of their priorities, with ageing; those for another attempt go first.
 *
 * There are mostly few priorities and many entries: those of one priority need no sorting.
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
    return this.#byRank.first?.oldest
  }

  /** The entry that came first. */
  get oldest(): Entry | undefined {
    return this.#byAge.first?.oldest
  }

  /** The entries that came after a turn. */
  since(turn: number): Entry[] {
    return [...this.#buckets.values()].flatMap(({ queue }) => queue.since(turn))
  }

  push(entry: Entry): void {
    const bucket = this.#bucketOf(entry)
    bucket.queue.push(entry)
    this.size += 1
    this.#review(bucket)
  }

  /** Takes out an entry that has just been settled, or is the first. */
  drop(entry: Entry): void {
    const bucket = this.#bucketOf(entry)
    bucket.queue.drop(entry)
    this.size -= 1
    this.#review(bucket)
    if (bucket.oldest === undefined) this.#buckets.delete(bucket.key)
  }

  #bucketOf(entry: Entry): Bucket {
    const key = entry.attempts ? entry : (entry.priority ?? 0)
    const bucket = this.#buckets.get(key) ?? { key, queue: new Queue() }
    this.#buckets.set(key, bucket)
    return bucket
  }

  #review(bucket: Bucket): void {
    const { first } = bucket.queue
    if (first !== bucket.oldest) putInto([this.#byRank, this.#byAge], bucket, first)
  }
}
