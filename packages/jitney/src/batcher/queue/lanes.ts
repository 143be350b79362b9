import type { Entry, Place } from '../entry.ts'
import { Ages } from './ages.ts'
import { Lane, weigh } from './lane.ts'
import type { Settings } from '../options.ts'

/** Everything that is queued: a lane for each batch key. */
export class Lanes implements Place {
  amount = 0
  /** How many of the entries come for another attempt: they do not count against the bound. */
  returned = 0
  /** Order of the last entry that may leave: later ones are held by a pause. */
  last: number = Infinity
  readonly settings: Settings
  readonly #byKey = new Map<unknown, Lane>()
  readonly byAge: Ages = new Ages()
  /** Those that need not wait for company. */
  readonly ready: Ages = new Ages()
  /** The one that came last: mostly the next has its key. */
  #last: Lane | undefined

  constructor(settings: Settings) {
    this.settings = settings
  }

  get everyone(): Entry[] {
    return [...this.byAge].flatMap(({ everyone: all }) => all)
  }

  /** Adds an entry, and says whether it has filled a batch. */
  enter(entry: Entry): boolean {
    const { laneKey: key, tries: attempts } = entry
    let lane = this.#last
    if (!lane || lane.laneKey !== key) {
      lane = this.#byKey.get(key) ?? new Lane(key, this)
      this.#byKey.set(key, lane)
      this.byAge.add(lane)
      this.#last = lane
    }
    lane.enter(entry)
    // It is older than what came in the meantime.
    if (attempts) this.byAge.sorted = this.ready.sorted = []
    return this.#note(lane)
  }

  /** Takes note that an entry has just been settled. */
  drop(entry: Entry): void {
    const lane = this.#byKey.get(entry.laneKey) as Lane
    lane.drop(entry)
    this.#move(lane)
  }

  /**
   * Takes out of a lane what fits into one batch, and what the rates allow. Nobody skips ahead of one
   * that does not fit.
   */
  take(lane: Lane): Entry[] {
    const { maxBatchSize, rateLimit, weight } = this.settings
    const left = weight.map(({ max }) => max)
    let limit = maxBatchSize
    for (const { of, allowance } of rateLimit) {
      if (of === 'items') limit = Math.min(limit, allowance)
      if (of === 'weight') left[0] = Math.min(left[0] as number, allowance)
    }
    let entries: Entry[] = []
    let entry
    if (lane.amount <= limit && weight.length === 0 && this.last === Infinity)
      entries = lane.empty()
    while (entries.length + 1 <= limit && (entry = lane.front) && entry.order <= this.last) {
      if (weigh(left, entry.weights ?? [], 1) < 0) break
      lane.drop(entry)
      entries.push(entry)
    }
    this.#move(lane)
    return entries
  }

  /** Looks at all lanes again, since a setting has changed. */
  review(): void {
    for (const lane of this.#byKey.values()) this.#move(lane)
  }

  #note(lane: Lane): boolean {
    const { filled: full, returned } = lane
    if ((full || returned > 0) && !this.ready.has(lane)) {
      this.ready.add(lane)
      this.ready.sorted = []
    }
    return full
  }

  /** Its oldest entry may be another now; without entries it is forgotten. */
  #move(lane: Lane): void {
    this.byAge.delete(lane)
    this.ready.delete(lane)
    if (lane.amount > 0) {
      // Last, as it is among the youngest now: what is nearly in order is soon sorted.
      this.byAge.add(lane)
      this.byAge.sorted = this.ready.sorted = []
      this.#note(lane)
    } else {
      this.#byKey.delete(lane.laneKey)
      this.#last = lane.laneKey = undefined
      lane.empty()
    }
  }
}
