import { byArrival, type Entry, type Place } from './entry.ts'
import { Heap } from './heap.ts'
import { Lane } from './lane.ts'
import type { Settings } from './options.ts'

/**
 * Everything that is queued: a lane for each batch key, and at hand the lane whose oldest entry waits
 * longest, among all and among those that need not wait for company.
 */
export class Lanes implements Place {
  size = 0
  /** How many of the entries come for another attempt: they were let in before. */
  returned = 0
  readonly #settings: Settings
  /** Most of each weight in a batch. */
  readonly #maxima: readonly number[]
  readonly #byKey = new Map<unknown, Lane>()
  #last: Lane | undefined
  readonly #all = new Heap<Lane>((lane) => lane.oldest, byArrival)
  readonly #ready = new Heap<Lane>((lane) => (lane.isReady ? lane.oldest : undefined), byArrival)

  constructor(settings: Settings) {
    this.#settings = settings
    this.#maxima = settings.weight.map(({ max }) => max)
  }

  /** The lane whose oldest entry came first. */
  get oldest(): Lane | undefined {
    return this.#all.first
  }

  /** Likewise among those that fill a batch or begin with entries for another attempt. */
  get oldestReady(): Lane | undefined {
    return this.#ready.first
  }

  /** The entries that came, or came back, after a turn. */
  since(turn: number): Entry[] {
    return [...this.#byKey.values()].flatMap((lane) => lane.since(turn))
  }

  /** Adds an entry, and says whether it has filled a batch. */
  push(entry: Entry): boolean {
    const lane = this.#laneOf(entry.key)
    const isBack = entry.attempts !== undefined
    lane.push(entry)
    this.size += 1
    if (isBack) this.returned += 1
    // Those who come back, or are queued once more, may be older than others.
    const isOldest = lane.size === 1 || (entry.order !== undefined && lane.oldest === entry)
    if (isOldest) this.#all.push(lane)
    if (isOldest || isBack) this.#ready.push(lane)
    return this.#review(lane)
  }

  /** Takes note that an entry has just been settled. */
  drop(entry: Entry): void {
    const lane = this.#laneOf(entry.key)
    lane.drop(entry)
    this.#count(entry)
    this.#review(lane)
  }

  /**
   * Takes out of a lane what fits into one batch.
   *
   * @param most of the first weight, if that is less than its maximum.
   */
  take(lane: Lane, limit: number, most: number): Entry[] {
    const maxima = this.#maxima.map((max, of) => (of === 0 ? Math.min(max, most) : max))
    const entries = lane.take(limit, maxima)
    for (const entry of entries) this.#count(entry)
    this.#review(lane)
    return entries
  }

  /** Takes out all. */
  clear(): Entry[] {
    const entries: Entry[] = []
    for (const lane of this.#byKey.values()) {
      while (lane.size > 0) entries.push(...this.take(lane, Infinity, Infinity))
    }
    return entries
  }

  /** Looks at all lanes again, since a setting has changed. */
  review(): void {
    for (const lane of this.#byKey.values()) this.#review(lane)
  }

  #laneOf(key: unknown): Lane {
    if (this.#last !== undefined && Object.is(this.#last.key, key)) return this.#last
    this.#last = this.#byKey.get(key) ?? new Lane(key, this.#maxima.length)
    this.#byKey.set(key, this.#last)
    return this.#last
  }

  #count({ attempts }: Entry): void {
    this.size -= 1
    if (attempts !== undefined) this.returned -= 1
  }

  /** Sees whether a lane fills a batch; without entries it is forgotten. */
  #review(lane: Lane): boolean {
    const wasFull = lane.full
    lane.full = lane.size >= this.#settings.maxBatchSize || lane.isHeavy(this.#maxima)
    if (lane.full && !wasFull) this.#ready.push(lane)
    if (lane.size === 0 && lane.key !== undefined) {
      this.#byKey.delete(lane.key)
      this.#last = undefined
    }
    return lane.full
  }
}
