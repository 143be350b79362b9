import type { Entry, Place } from '../entry.ts'
import { Heap } from './heap.ts'
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
  readonly #all = new Heap<Lane>()
  /** Those that fill a batch or begin with entries for another attempt. */
  readonly #ready = new Heap<Lane>()
  readonly #settings: Settings
  /** The one that was asked for last, if it has entries. */
  #last: Lane | undefined

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /** The lanes that leave next, if they may: the one with the oldest entry first. */
  get next(): (Lane | undefined)[] {
    return [this.#all.first, this.#ready.first]
  }

  /** The entries that came after one. */
  since(order: number): Entry[] {
    return this.#all.all.flatMap(({ queue }) => queue.since(order))
  }

  /** Adds an entry, and says whether it has filled a batch. */
  push(entry: Entry): boolean {
    const lane = this.#laneOf(entry.key)
    const isPlain = !entry.priority && !entry.attempts
    if (!isPlain && lane.queue instanceof Queue) lane.queue = new RankedQueue(lane.queue.since(0))
    lane.queue.push(entry)
    this.#count(lane, entry, 1)
    const { size } = lane.queue
    // A plain one behind others: at most the number of them fills a batch.
    const isUsual = isPlain && size > 1 && !entry.weights?.length
    return !(isUsual && size < this.#settings.maxBatchSize) && this.#review(lane)
  }

  /** Takes note that an entry has just been settled. */
  drop(entry: Entry): void {
    const lane = this.#laneOf(entry.key)
    lane.queue.drop(entry)
    this.#count(lane, entry, -1)
    this.#review(lane)
  }

  /**
   * Takes out of a lane what fits into one batch. Nobody skips ahead of one that does not fit.
   *
   * @param most of the first weight, if that is less than its maximum.
   */
  take(lane: Lane, limit: number, most: number): Entry[] {
    const { weight } = this.#settings
    const { queue } = lane
    let entries: Entry[] = []
    if (queue instanceof Queue && queue.size <= limit && weight.length === 0) {
      entries = queue.all
      lane.queue = new Queue()
      this.size -= entries.length
      this.fresh -= entries.length
    } else {
      const left = weight.map(({ max }) => max)
      left[0] = Math.min(left[0] ?? most, most)
      let entry
      while (entries.length < limit && (entry = queue.first)) {
        weigh(left, entry, 1)
        if (left.some((each) => each < 0)) break
        queue.drop(entry)
        this.#count(lane, entry, -1)
        entries.push(entry)
      }
    }
    this.#review(lane)
    return entries
  }

  /** Looks at all lanes again, since a setting has changed. */
  review(): void {
    for (const lane of this.#all.all) this.#review(lane)
  }

  #laneOf(key: unknown): Lane {
    if (!this.#last || this.#last.key !== key) {
      this.#last = this.#all.get(key) ?? {
        key,
        queue: new Queue(),
        left: this.#settings.weight.map(({ max }) => max * rounding),
        full: false,
      }
    }
    return this.#last
  }

  #count(lane: Lane, entry: Entry, sign: 1 | -1): void {
    this.size += sign
    if (entry.attempts === undefined) this.fresh += sign
    weigh(lane.left, entry, sign)
  }

  /** Sees whether a lane fills a batch, and where it is among others; without entries it is forgotten. */
  #review(lane: Lane): boolean {
    const { first, oldest, size } = lane.queue
    lane.full = size >= this.#settings.maxBatchSize || lane.left.some((left) => left <= 0)
    this.#all.put(lane.key, lane, oldest)
    this.#ready.put(lane.key, lane, lane.full || first?.attempts ? oldest : undefined)
    if (oldest === undefined) this.#last = undefined
    return lane.full
  }
}

/** Takes what an entry weighs off what is left, or gives it back. */
function weigh(left: number[], entry: Entry, sign: 1 | -1): void {
  entry.weights?.forEach((weight, of) => {
    left[of] = (left[of] as number) - sign * weight
  })
}
