import { byArrival, type Entry, isWaiting } from './entry.ts'
import { Heap } from './heap.ts'
import { Queue } from './queue.ts'
import { RankedQueue } from './ranked-queue.ts'

/** Sums of fractions are off by less than this part of them. */
const rounding = 1 - 1e-9
const none: readonly number[] = []

/** The queued entries of one batch key, in the order in which they leave. */
export class Lane {
  readonly key: unknown
  /** Whether they fill a batch. */
  full = false
  /** How many come for another attempt: they go first. */
  returned = 0
  readonly #returned = new Heap<Entry>((entry) => (isWaiting(entry) ? entry : undefined), byArrival)
  /** Sums of the weights of its entries. */
  readonly #totals: number[]
  #queue: Queue | RankedQueue = new Queue()

  /** @param weights how many there are. */
  constructor(key: unknown, weights: number) {
    this.key = key
    this.#totals = new Array<number>(weights).fill(0)
  }

  get size(): number {
    return this.returned + this.#queue.size
  }

  /** Whether the next batch need not wait for company. */
  get isReady(): boolean {
    return this.full || this.returned > 0
  }

  /** The entry that leaves next. */
  get first(): Entry | undefined {
    return this.#returned.first ?? this.#queue.first
  }

  /** The entry that came first. */
  get oldest(): Entry | undefined {
    const { first } = this.#returned
    const { oldest } = this.#queue
    return first === undefined || (oldest !== undefined && byArrival(oldest, first) < 0) ? oldest : first
  }

  /** The entries that came, or came back, after a turn. */
  since(turn: number): Entry[] {
    const returned = [...this.#returned.nodes].filter(isWaiting)
    return [...returned.filter(({ arrival }) => arrival.turn > turn), ...this.#queue.since(turn)]
  }

  push(entry: Entry): void {
    if (entry.attempts !== undefined) {
      this.#returned.push(entry)
      this.returned += 1
    } else {
      if ((entry.priority ?? 0) !== 0 && this.#queue instanceof Queue) {
        const entries = this.#queue.clear()
        this.#queue = new RankedQueue()
        for (const each of entries) this.#queue.push(each)
      }
      this.#queue.push(entry)
    }
    this.#weigh(entry, 1)
  }

  /** Takes note that an entry has just been settled. */
  drop(entry: Entry): void {
    if (entry.attempts !== undefined) this.returned -= 1
    else this.#queue.drop(entry)
    this.#weigh(entry, -1)
  }

  /** Whether the entries weigh as much as `max` by one of the weights, however the sum was rounded. */
  isHeavy(maxima: readonly number[]): boolean {
    for (let of = 0; of < maxima.length; of += 1) {
      if ((this.#totals[of] as number) >= (maxima[of] as number) * rounding) return true
    }
    return false
  }

  /**
   * Takes out what fits into one batch. Nobody skips ahead of one that does not fit.
   *
   * @param maxima most of each weight.
   */
  take(limit: number, maxima: readonly number[]): Entry[] {
    const isWhole = this.size <= limit && this.returned === 0 && !this.isHeavy(maxima)
    if (isWhole && this.#queue instanceof Queue) {
      this.#totals.fill(0)
      return this.#queue.clear()
    }
    const entries: Entry[] = []
    const left = [...maxima]
    for (let { first } = this; first !== undefined && entries.length < limit; { first } = this) {
      if (!takeFrom(left, first)) break
      entries.push(first)
      this.#shift(first)
      this.#weigh(first, -1)
    }
    return entries
  }

  #shift({ attempts }: Entry): void {
    if (attempts === undefined) this.#queue.shift()
    else {
      this.#returned.pop()
      this.returned -= 1
    }
  }

  #weigh({ weights }: Entry, sign: 1 | -1): void {
    if (weights === undefined) return
    const totals = this.#totals
    for (let of = 0; of < weights.length; of += 1) {
      // From zero again when it is empty: fractions do not add up to what was taken off.
      totals[of] = this.size === 0 ? 0 : (totals[of] as number) + sign * (weights[of] as number)
    }
  }
}

/** Takes what an entry weighs off what is left, if that is enough. */
function takeFrom(left: number[], { weights = none }: Entry): boolean {
  for (let of = 0; of < weights.length; of += 1) {
    if ((weights[of] as number) > (left[of] as number)) return false
  }
  for (let of = 0; of < weights.length; of += 1) {
    left[of] = (left[of] as number) - (weights[of] as number)
  }
  return true
}
