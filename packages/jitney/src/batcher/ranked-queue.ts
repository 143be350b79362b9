import type { Entry } from './entry.ts'
import { Heap } from './heap.ts'
import { Queue } from './queue.ts'

/** How many milliseconds of waiting one point of priority is worth. */
const agePerPoint = 1000

/**
 * Entries in the order of their priorities, with ageing; those who come back go first.
 *
 * There are mostly few priorities and many entries: each priority has a queue of its own, and of
 * these the one that is next is at hand.
 */
export class RankedQueue<Item, Result> {
  size = 0
  readonly #buckets = new Map<unknown, Bucket<Item, Result>>()
  readonly #byRank = new Heap<Bucket<Item, Result>>(compareRanks, isOccupied)
  readonly #byAge = new Heap<Bucket<Item, Result>>(compareAges, isOccupied)
  /** Those that came after this turn stay, apart so that they are looked at once. */
  #lastTurn = Infinity
  readonly #later: Bucket<Item, Result>[] = []

  /** The entry that leaves next. */
  get first(): Entry<Item, Result> | undefined {
    return this.#next?.first
  }

  /** The entry that came first. */
  get oldest(): Entry<Item, Result> | undefined {
    const heap = this.#byAge
    for (;;) {
      const bucket = heap.first
      const first = bucket?.first
      if (bucket === undefined || first === undefined || bucket.aged === first) return first
      heap.pop()
      bucket.aged = first
      heap.push(bucket)
    }
  }

  /** The entry that leaves next of those that came until `lastTurn`. */
  next(lastTurn: number): Entry<Item, Result> | undefined {
    if (lastTurn !== this.#lastTurn) {
      this.#lastTurn = lastTurn
      for (const bucket of this.#later.splice(0)) this.#byRank.push(bucket)
    }
    return this.first
  }

  push(entry: Entry<Item, Result>): void {
    const key = keyOf(entry)
    let bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      bucket = new Bucket(key, entry)
      this.#buckets.set(key, bucket)
      this.#byRank.push(bucket)
      this.#byAge.push(bucket)
    } else bucket.push(entry)
    this.size += 1
  }

  /** Takes out the first `limit` entries, up to one that does not fit, without those that came after `lastTurn`. */
  take(
    limit: number,
    fits: ((entry: Entry<Item, Result>) => boolean) | undefined,
    lastTurn: number,
  ): Entry<Item, Result>[] {
    const entries: Entry<Item, Result>[] = []
    this.next(lastTurn)
    for (let bucket = this.#next; bucket !== undefined; bucket = this.#next) {
      const { first } = bucket
      if (first === undefined || entries.length >= limit || fits?.(first) === false) break
      entries.push(first)
      bucket.shift()
      this.#shrink(bucket)
    }
    return entries
  }

  /** Takes note that an entry has just been settled. */
  drop(entry: Entry<Item, Result>): void {
    const bucket = this.#buckets.get(keyOf(entry))
    if (bucket === undefined) return
    bucket.drop()
    this.#shrink(bucket)
  }

  /** The entries that came after a turn. */
  since(turn: number): Entry<Item, Result>[] {
    const entries = [...this.#buckets.values()].flatMap((bucket) => bucket.entries)
    return entries.filter(({ arrival }) => arrival.turn > turn).sort(compareArrivals)
  }

  get #next(): Bucket<Item, Result> | undefined {
    const heap = this.#byRank
    for (;;) {
      const bucket = heap.first
      const first = bucket?.first
      if (bucket === undefined || first === undefined) return undefined
      const isLater = first.arrival.turn > this.#lastTurn
      if (!isLater && bucket.isRankedBy(first)) return bucket
      heap.pop()
      bucket.ranked = first
      if (isLater) this.#later.push(bucket)
      else heap.push(bucket)
    }
  }

  #shrink(bucket: Bucket<Item, Result>): void {
    this.size -= 1
    if (bucket.size > 0) return
    this.#buckets.delete(bucket.key)
    this.#byRank.trim(this.#buckets.size)
    this.#byAge.trim(this.#buckets.size)
  }
}

/** The priority; of those who come back, also when they came and came back: none of these changes. */
function keyOf<Item, Result>({ arrival, details }: Entry<Item, Result>): unknown {
  const { attempts = 0, priority = 0 } = details ?? {}
  return attempts === 0 ? priority : `${arrival.time} ${arrival.turn}`
}

/** Entries of one key. */
class Bucket<Item, Result> {
  readonly key: unknown
  readonly priority: number
  /** The first of them, as far as the heaps know. */
  ranked: Entry<Item, Result>
  aged: Entry<Item, Result>
  #queue = new Queue<Item, Result>()
  #sorted = true

  constructor(key: unknown, first: Entry<Item, Result>) {
    this.key = key
    this.priority = first.details?.priority ?? 0
    this.ranked = first
    this.aged = first
    this.#queue.push(first)
  }

  get size(): number {
    return this.#queue.size
  }

  get first(): Entry<Item, Result> | undefined {
    if (!this.#sorted) this.#sort()
    return this.#queue.first
  }

  get entries(): Entry<Item, Result>[] {
    return this.#queue.since(-1)
  }

  /** Whether its place among the others is still right. */
  isRankedBy(first: Entry<Item, Result>): boolean {
    if (this.priority === Infinity) return this.ranked === first
    return this.ranked.arrival.time === first.arrival.time
  }

  push(entry: Entry<Item, Result>): void {
    // Who comes back does so in any order.
    if (this.priority === Infinity) this.#sorted = false
    this.#queue.push(entry)
  }

  shift(): void {
    this.#queue.shift()
  }

  drop(): void {
    this.#queue.drop()
  }

  #sort(): void {
    const entries = this.entries.sort(compareArrivals)
    this.#queue = new Queue()
    for (const entry of entries) this.#queue.push(entry)
    this.#sorted = true
  }
}

/** An emptied bucket is not used again. */
function isOccupied<Item, Result>({ size }: Bucket<Item, Result>): boolean {
  return size > 0
}

function compareRanks<Item, Result>(
  left: Bucket<Item, Result>,
  right: Bucket<Item, Result>,
): number {
  // Not a number, and so passed over, where both come back.
  return rankOf(left) - rankOf(right) || compareArrivals(left.ranked, right.ranked)
}

/** When the first came, less what its priority is worth, in milliseconds. */
function rankOf<Item, Result>({ priority, ranked }: Bucket<Item, Result>): number {
  return ranked.arrival.time - priority * agePerPoint
}

function compareAges<Item, Result>(
  left: Bucket<Item, Result>,
  right: Bucket<Item, Result>,
): number {
  return compareArrivals(left.aged, right.aged)
}

function compareArrivals<Item, Result>(
  left: Entry<Item, Result>,
  right: Entry<Item, Result>,
): number {
  return (
    left.arrival.time - right.arrival.time ||
    (left.details?.order ?? 0) - (right.details?.order ?? 0)
  )
}
