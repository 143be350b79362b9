import type { Entry, Place } from '../entry.ts'
import { byArrival, Heap } from './heap.ts'
import type { Lane } from './lane.ts'
import type { Settings } from '../options.ts'
import { Queue } from './queue.ts'
import { RankedQueue } from './ranked-queue.ts'

/** Sums of fractions are off by less than this part of them. */
const rounding = 1 - 1e-9

/**
 * Everything that is queued: a lane for each batch key, and at hand the lane whose oldest entry waits
 * longest, among all and among those that need not wait for company.
 */
export class Lanes implements Place {
  size = 0
  /** How many of the entries were let in for the first time: only they count against the bound. */
  fresh = 0
  /** The lanes, by their oldest entries. */
  readonly all: Heap<Lane> = new Heap<Lane>(byArrival)
  /** Those among them that fill a batch or begin with entries for another attempt. */
  readonly ready: Heap<Lane> = new Heap<Lane>(byArrival)
  readonly #settings: Settings
  readonly #byKey = new Map<unknown, Lane>()
  #last: Lane | undefined

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /** The entries that came, or came back, after a turn. */
  since(turn: number): Entry[] {
    return [...this.#byKey.values()].flatMap(({ queue }) => queue.since(turn))
  }

  /** Adds an entry, and says whether it has filled a batch. */
  push(entry: Entry): boolean {
    const lane = this.#laneOf(entry.key)
    const { queue, oldest } = lane
    const { attempts, priority, weights } = entry
    const isPlain = !priority && !attempts && queue instanceof Queue
    if (isPlain && oldest !== undefined && weights === undefined) {
      // A plain one behind others: at most the number of them fills a batch.
      queue.push(entry)
      this.size += 1
      this.fresh += 1
      return queue.size >= this.#settings.maxBatchSize && this.#review(lane)
    }
    if (!isPlain && queue instanceof Queue) lane.queue = new RankedQueue(queue.since(-1))
    lane.queue.push(entry)
    this.#count(lane, entry, 1)
    return this.#review(lane)
  }

  /** Takes note that an entry has just been settled. */
  drop(entry: Entry): void {
    const lane = this.#laneOf(entry.key)
    this.#remove(lane, entry)
    this.#review(lane)
  }

  /**
   * Takes out of a lane what fits into one batch. Nobody skips ahead of one that does not fit.
   *
   * @param most of the first weight, if that is less than its maximum.
   */
  take(lane: Lane, limit: number, most: number): Entry[] {
    const { queue } = lane
    const { weight } = this.#settings
    let entries: Entry[] = []
    if (queue instanceof Queue && queue.size <= limit && weight.length === 0) {
      entries = queue.all
      lane.queue = new Queue()
      this.size -= entries.length
      this.fresh -= entries.length
    } else {
      const left = weight.map(({ max }, of) => (of === 0 ? Math.min(max, most) : max))
      for (
        let { first } = queue;
        first !== undefined && entries.length < limit;
        { first } = queue
      ) {
        if (!takeFrom(left, first)) break
        this.#remove(lane, first)
        entries.push(first)
      }
    }
    this.#review(lane)
    return entries
  }

  /** Looks at all lanes again, since a setting has changed. */
  review(): void {
    for (const lane of this.#byKey.values()) this.#review(lane)
  }

  #laneOf(key: unknown): Lane {
    let lane = (this.#last?.key === key && this.#last) || this.#byKey.get(key)
    if (lane === undefined) {
      const left = this.#settings.weight.map(({ max }) => max * rounding)
      lane = { key, queue: new Queue(), left, full: false, ready: false }
      this.#byKey.set(key, lane)
    }
    this.#last = lane
    return lane
  }

  #remove(lane: Lane, entry: Entry): void {
    lane.queue.drop(entry)
    this.#count(lane, entry, -1)
  }

  #count({ left }: Lane, { attempts, weights }: Entry, sign: 1 | -1): void {
    this.size += sign
    if (attempts === undefined) this.fresh += sign
    if (weights !== undefined) weigh(left, weights, sign)
  }

  /** Sees whether a lane fills a batch, and where it is among others; without entries it is forgotten. */
  #review(lane: Lane): boolean {
    const { queue, head, left } = lane
    const { first, oldest, size } = queue
    lane.full = size >= this.#settings.maxBatchSize || isUsedUp(left)
    const ready = lane.full || first?.attempts !== undefined
    if (oldest !== lane.oldest || ready !== lane.ready) {
      lane.ready = ready
      lane.oldest = oldest
      if (head !== undefined) head.value = undefined
      if (oldest === undefined) {
        this.#byKey.delete(lane.key)
        this.#last = undefined
      } else {
        const { arrival, order } = oldest
        lane.head = { value: lane, arrival, order }
        this.all.push(lane.head)
        if (ready) this.ready.push(lane.head)
      }
    }
    return lane.full
  }
}

/** Takes what an entry weighs off what is left, or gives it back. */
function weigh(left: number[], weights: readonly number[], sign: 1 | -1): void {
  for (let of = 0; of < weights.length; of += 1) {
    left[of] = (left[of] as number) - sign * (weights[of] as number)
  }
}

/** Takes what an entry weighs off what is left, if that is enough. */
function takeFrom(left: number[], { weights }: Entry): boolean {
  if (weights === undefined) return true
  for (let of = 0; of < weights.length; of += 1) {
    if ((weights[of] as number) > (left[of] as number)) return false
  }
  weigh(left, weights, 1)
  return true
}

function isUsedUp(left: readonly number[]): boolean {
  for (let of = 0; of < left.length; of += 1) if ((left[of] as number) <= 0) return true
  return false
}
