import { attemptsOf, type Details, type Entry, weightOf } from './entry.ts'
import { Queue } from './queue.ts'
import { RankedQueue } from './ranked-queue.ts'

/** A lane's claim to its place among the others. */
export interface Claim<Item, Result> {
  /** `undefined` once the lane has given it up: an old claim keeps nothing alive. */
  lane: Lane<Item, Result> | undefined
  /** When its oldest entry came. */
  readonly time: number
  readonly order: number
  /** Whether the lane fills a batch. */
  readonly full: boolean
  /** Whether it begins with entries for another attempt. */
  readonly retrying: boolean
}

/** The queued entries of one batch key, in the order in which they leave. */
export class Lane<Item, Result> {
  readonly key: unknown
  claim: Claim<Item, Result> | undefined
  /** How many of its entries come for another attempt. */
  returned = 0
  /** Sums of the weights of its entries. */
  readonly #totals: number[]
  /** Whether `#totals` may have drifted, as sums of fractions do when some are taken off. */
  #drifted = false
  #queue: Queue<Item, Result> | RankedQueue<Item, Result> = new Queue()

  /** @param weights how many there are. */
  constructor(key: unknown, weights: number) {
    this.key = key
    this.#totals = new Array<number>(weights).fill(0)
  }

  get size(): number {
    return this.#queue.size
  }

  /** The entry that leaves next. */
  get first(): Entry<Item, Result> | undefined {
    return this.#queue.first
  }

  /** The entry that came first. */
  get oldest(): Entry<Item, Result> | undefined {
    return this.#queue.oldest
  }

  /** Whether the entries weigh `max` or more by one of the weights. */
  weighs(of: number, max: number): boolean {
    const total = this.#totals[of] as number
    if (!this.#drifted || Math.abs(total - max) > max * 1e-9) return total >= max
    const entries = this.since(-1)
    this.#totals.forEach((_, each, totals) => {
      totals[each] = entries.reduce((sum, entry) => sum + weightOf(entry, each), 0)
    })
    this.#drifted = false
    return (this.#totals[of] as number) >= max
  }

  push(entry: Entry<Item, Result>): void {
    const { details } = entry
    if (details !== undefined && details.priority !== 0) this.#rank()
    this.#queue.push(entry)
    if (details !== undefined) this.#count(entry, 1)
  }

  /** Takes note that an entry has just been settled. */
  drop(entry: Entry<Item, Result>): void {
    this.#queue.drop(entry)
    this.#count(entry, -1)
  }

  /**
   * Takes out what fits into one batch.
   *
   * @param maxima most of each weight.
   * @param lastTurn entries that came after it stay.
   */
  take(limit: number, maxima: readonly number[], lastTurn: number): Entry<Item, Result>[] {
    const fits = maxima.length === 0 ? undefined : fitting(maxima)
    const entries = this.#queue.take(limit, fits, lastTurn)
    if (this.size === 0) this.#reset()
    else if (maxima.length + this.returned > 0) {
      for (const entry of entries) this.#count(entry, -1)
    }
    return entries
  }

  /** The entry that leaves next of those that came until `lastTurn`. */
  next(lastTurn: number): Entry<Item, Result> | undefined {
    return this.#queue.next(lastTurn)
  }

  /** The entries that came after a turn. */
  since(turn: number): Entry<Item, Result>[] {
    return this.#queue.since(turn)
  }

  #rank(): void {
    if (this.#queue instanceof RankedQueue) return
    const plain = this.#queue.since(-1)
    this.#queue = new RankedQueue()
    for (const entry of plain) this.#queue.push(entry)
  }

  #count(entry: Entry<Item, Result>, sign: 1 | -1): void {
    if (attemptsOf(entry) > 0) this.returned += sign
    const totals = this.#totals
    this.#drifted ||= sign < 0
    for (let of = 0; of < totals.length; of += 1) {
      totals[of] = (totals[of] as number) + sign * weightOf(entry, of)
    }
    if (this.size === 0) this.#reset()
  }

  /** From zero again when it is empty: fractions do not add up to what was taken off. */
  #reset(): void {
    this.#queue = new Queue()
    this.#totals.fill(0)
    this.#drifted = false
    this.returned = 0
  }
}

/** Says of one entry after the other whether it still fits. */
function fitting(
  maxima: readonly number[],
): (entry: { readonly details: Details | undefined }) => boolean {
  const sums = maxima.map(() => 0)
  return (entry) => {
    for (let of = 0; of < sums.length; of += 1) {
      if ((sums[of] as number) + weightOf(entry, of) > (maxima[of] as number)) return false
    }
    for (let of = 0; of < sums.length; of += 1) {
      sums[of] = (sums[of] as number) + weightOf(entry, of)
    }
    return true
  }
}
