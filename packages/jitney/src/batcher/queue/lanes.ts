import type { Entry, Place } from '../entry.ts'
import { Lane, weigh } from './lane.ts'
import type { Settings } from '../options.ts'
import { Queue } from './queue.ts'

/**
 * Everything that is queued: a lane for each batch key, and at hand the lane whose oldest entry waits
 * longest, among all and among those that need not wait for company.
 */
export class Lanes implements Place {
  size = 0
  /** How many of the entries were let in for the first time: only they count against the bound. */
  fresh = 0
  readonly #byKey = new Map<unknown, Lane>()
  readonly #byAge = new Queue(hasEntries, byAge)
  /** Those that fill a batch or begin with entries for another attempt, or did lately. */
  readonly #ready = new Queue(hasEntries, byAge)
  readonly #settings: Settings
  /** The one that was asked for last. */
  #last: Lane | undefined

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /** The lane with the oldest entry. */
  get oldest(): Lane | undefined {
    return this.#byAge.first
  }

  /** The one with the oldest entry among those that need not wait for company. */
  get ready(): Lane | undefined {
    for (;;) {
      const lane = this.#ready.first
      if (!lane || lane.full || lane.returned) return lane
      this.#ready.drop(lane)
      lane.isReady = false
    }
  }

  get all(): Entry[] {
    return this.#byAge.all.flatMap(({ all }) => all)
  }

  /** Adds an entry, and says whether it has filled a batch. */
  push(entry: Entry): boolean {
    const { key } = entry
    let lane = this.#last
    if (!lane || lane.key !== key) {
      lane = this.#byKey.get(key)
      if (!lane) {
        lane = new Lane(key, this.#settings)
        this.#byKey.set(key, lane)
        this.#byAge.push(lane)
      }
      this.#last = lane
    }
    lane.push(entry)
    this.#count(entry, 1)
    // It is older than what came in the meantime.
    if (entry.attempts) this.#sort()
    return this.#note(lane)
  }

  /** Takes note that an entry has just been settled. */
  drop(entry: Entry): void {
    const lane = this.#byKey.get(entry.key) as Lane
    this.#remove(lane, entry)
    this.#review(lane)
  }

  /**
   * Takes out of a lane what fits into one batch. Nobody skips ahead of one that does not fit.
   *
   * @param most of the first weight, if that is less than its maximum.
   */
  take(lane: Lane, limit: number, most: number): Entry[] {
    const { weight } = this.#settings
    let entries: Entry[] = []
    if (lane.size <= limit && weight.length === 0) {
      this.size -= lane.size
      this.fresh -= lane.size - lane.returned
      entries = lane.clear()
    } else {
      const left = weight.map(({ max }) => max)
      left[0] = Math.min(left[0] ?? most, most)
      let entry
      while (entries.length < limit && (entry = lane.first)) {
        weigh(left, entry, 1)
        if (left.some((each) => each < 0)) break
        this.#remove(lane, entry)
        entries.push(entry)
      }
    }
    this.#review(lane)
    return entries
  }

  /** Looks at all lanes again, since a setting has changed. */
  review(): void {
    for (const lane of this.#byAge.all) this.#note(lane)
  }

  #remove(lane: Lane, entry: Entry): void {
    lane.drop(entry)
    this.#count(entry, -1)
  }

  #count(entry: Entry, sign: 1 | -1): void {
    this.size += sign
    if (!entry.attempts) this.fresh += sign
  }

  /** Keeps it at hand if it need not wait for company. */
  #note(lane: Lane): boolean {
    const { full } = lane
    if ((full || lane.returned) && !lane.isReady) {
      lane.isReady = true
      this.#ready.push(lane)
      this.#sort()
    }
    return full
  }

  /** Its oldest entry may be another now; without entries it is forgotten. */
  #review(lane: Lane): void {
    if (lane.size) return this.#sort()
    this.#byAge.drop(lane)
    if (lane.isReady) this.#ready.drop(lane)
    this.#byKey.delete(lane.key)
    this.#last = undefined
  }

  #sort(): void {
    this.#byAge.isSorted = this.#ready.isSorted = false
  }
}

function hasEntries({ size }: Lane): boolean {
  return size > 0
}

function byAge(one: Lane, other: Lane): number {
  return one.oldest.order - other.oldest.order
}
