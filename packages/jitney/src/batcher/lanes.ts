import { attemptsOf, type Entry } from './entry.ts'
import { Heap } from './heap.ts'
import { type Claim, Lane } from './lane.ts'
import type { Settings } from './options.ts'
import { moveTo } from './place.ts'

/**
 * Everything that is queued: a lane for each batch key, and the lane whose oldest entry waits longest
 * at hand, among all and among those that need not wait for company.
 */
export class Lanes<Item, Result> {
  size = 0
  /** Most of each weight in a batch. */
  readonly maxima: readonly number[]
  readonly #settings: Settings
  readonly #byKey = new Map<unknown, Lane<Item, Result>>()
  /** Saves the search while there is one lane for all. */
  readonly #only: Lane<Item, Result> | undefined
  readonly #all = new Heap<Claim<Item, Result>>(compare, isHeld)
  readonly #ready = new Heap<Claim<Item, Result>>(compare, isHeld)
  /** Entries for another attempt: they were let in before. */
  #returned = 0

  constructor(settings: Settings) {
    this.#settings = settings
    this.maxima = settings.weight.map(({ max }) => max)
    if (settings.batchKey === undefined) this.#only = this.#laneOf(undefined)
  }

  /** How many more may come. */
  get room(): number {
    return this.#settings.maxQueueSize - this.size + this.#returned
  }

  /** The lane whose oldest entry came first. */
  get oldest(): Lane<Item, Result> | undefined {
    return this.#all.first?.lane
  }

  /** Likewise among those that fill a batch or begin with entries for another attempt. */
  get oldestReady(): Lane<Item, Result> | undefined {
    return this.#ready.first?.lane
  }

  /** Likewise among those with an entry that came until `turn`. Looks at all. */
  oldestUntil(turn: number): Lane<Item, Result> | undefined {
    const claims = [...this.#byKey.values()].flatMap((lane) =>
      lane.claim === undefined || lane.next(turn) === undefined ? [] : [lane.claim],
    )
    return claims.sort(compare)[0]?.lane
  }

  /** Adds an entry, and says whether there is a full batch now. */
  push(entry: Entry<Item, Result>): boolean {
    const { details } = entry
    const lane = this.#only ?? this.#laneOf(details?.key)
    const { maxBatchSize, maxQueueSize } = this.#settings
    lane.push(entry)
    this.size += 1
    // Mostly nothing else has changed.
    const isCalm = this.size < maxBatchSize && this.size < maxQueueSize
    if (isCalm && details === undefined && lane.claim?.full === false) return false
    const full = details === undefined ? lane.size >= maxBatchSize : this.#isFull(lane)
    // Nothing else of what the lane claims can change.
    if (full !== lane.claim?.full) this.#review(lane)
    return full || this.size - this.#returned >= maxQueueSize
  }

  /** Takes entries back for another attempt. */
  restore(entries: readonly Entry<Item, Result>[]): void {
    moveTo(this, entries)
    const lanes = new Set<Lane<Item, Result>>()
    for (const entry of entries) {
      const lane = this.#only ?? this.#laneOf(entry.details?.key)
      lane.push(entry)
      this.#count(entry, 1)
      lanes.add(lane)
    }
    for (const lane of lanes) this.#review(lane)
  }

  /** Takes note that an entry has just been settled. */
  drop(entry: Entry<Item, Result>): boolean {
    const lane = this.#only ?? this.#laneOf(entry.details?.key)
    lane.drop(entry)
    this.#count(entry, -1)
    this.#review(lane)
    return false
  }

  /** Takes out of a lane what fits into one batch. */
  take(
    lane: Lane<Item, Result>,
    limit: number,
    maxima: readonly number[],
    lastTurn: number,
  ): Entry<Item, Result>[] {
    const entries = lane.take(limit, maxima, lastTurn)
    if (this.#returned === 0) this.size -= entries.length
    else for (const entry of entries) this.#count(entry, -1)
    this.#review(lane)
    return entries
  }

  /** The entries that came after a turn. */
  since(turn: number): Entry<Item, Result>[] {
    return [...this.#byKey.values()].flatMap((lane) => lane.since(turn))
  }

  /** Looks at all lanes again, since a setting has changed. */
  review(): void {
    for (const lane of this.#byKey.values()) this.#review(lane)
  }

  #laneOf(key: unknown): Lane<Item, Result> {
    let lane = this.#byKey.get(key)
    if (lane === undefined) {
      lane = new Lane(key, this.maxima.length)
      this.#byKey.set(key, lane)
    }
    return lane
  }

  #count(entry: Entry<Item, Result>, by: 1 | -1): void {
    this.size += by
    if (attemptsOf(entry) > 0) this.#returned += by
  }

  #isFull(lane: Lane<Item, Result>): boolean {
    if (lane.size >= this.#settings.maxBatchSize) return true
    for (let of = 0; of < this.maxima.length; of += 1) {
      if (lane.weighs(of, this.maxima[of] as number)) return true
    }
    return false
  }

  /** Has a lane claim its place anew, if that has changed; without entries it is forgotten. */
  #review(lane: Lane<Item, Result>): void {
    const { claim, oldest } = lane
    const full = this.#isFull(lane)
    const retrying = lane.returned > 0
    const time = oldest?.arrival.time
    const order = oldest?.details?.order ?? 0
    const same =
      time === claim?.time &&
      order === claim?.order &&
      full === claim?.full &&
      retrying === claim?.retrying
    if (same) return
    if (claim !== undefined) claim.lane = undefined
    lane.claim = time === undefined ? undefined : { lane, time, order, full, retrying }
    if (lane.claim !== undefined) this.#all.push(lane.claim)
    else if (lane !== this.#only) this.#byKey.delete(lane.key)
    if (lane.claim !== undefined && (full || retrying)) this.#ready.push(lane.claim)
    this.#all.trim(this.#byKey.size)
    this.#ready.trim(this.#byKey.size)
  }
}

function isHeld<Item, Result>(claim: Claim<Item, Result>): boolean {
  return claim.lane !== undefined
}

function compare<Item, Result>(left: Claim<Item, Result>, right: Claim<Item, Result>): number {
  return left.time - right.time || left.order - right.order
}
