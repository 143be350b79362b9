import { type Entry, isWaiting } from '../entry.ts'
import type { Settings } from '../options.ts'
import { Queue } from './queue.ts'

/** How many milliseconds of waiting one point of priority is worth. */
const agePerPoint = 1000

/** Sums of fractions are off by less than this part of them. */
const rounding = 1 - 1e-9

/** The queued entries of one batch key, in the order in which they leave. */
export class Lane extends Queue<Entry> {
  readonly key: unknown
  /** How many of them come for another attempt: they go first. */
  returned = 0
  /** Whether `Lanes` has noted that they need not wait for company. */
  isReady = false
  readonly #settings: Settings
  /** What is left of each weight until they fill a batch. */
  readonly #left: number[]
  /** Whether they leave in another order than they came. */
  #isRanked = false
  #oldest: Entry | undefined

  constructor(key: unknown, settings: Settings) {
    super(isWaiting, byRank)
    this.key = key
    this.#settings = settings
    this.#left = settings.weight.map(({ max }) => max * rounding)
  }

  /** Whether they fill a batch, by their number or by a weight. */
  get full(): boolean {
    for (const left of this.#left) if (left <= 0) return true
    return this.size >= this.#settings.maxBatchSize
  }

  /** The entry that came first. */
  get oldest(): Entry {
    if (!this.#isRanked) return this.first as Entry
    return (this.#oldest ??= this.least((one, other) => one.order - other.order) as Entry)
  }

  override push(entry: Entry): void {
    super.push(entry)
    this.#count(entry, 1)
    if (entry.priority || entry.attempts) this.#isRanked = true
    if (this.#isRanked) this.isSorted = false
  }

  override drop(entry: Entry): void {
    super.drop(entry)
    this.#count(entry, -1)
  }

  #count(entry: Entry, sign: 1 | -1): void {
    weigh(this.#left, entry, sign)
    if (entry.attempts) this.returned += sign
    if (entry.attempts || entry === this.#oldest) this.#oldest = undefined
  }
}

/** Takes what an entry weighs off what is left, or gives it back. */
export function weigh(left: number[], entry: Entry, sign: 1 | -1): void {
  entry.weights?.forEach((weight, of) => {
    left[of] = (left[of] as number) - sign * weight
  })
}

/** By priority, with ageing; those for another attempt first. */
function byRank(one: Entry, other: Entry): number {
  // Infinity less Infinity is no number: then the one that came first.
  return rankOf(one) - rankOf(other) || one.order - other.order
}

function rankOf({ attempts, priority = 0, arrival }: Entry): number {
  return attempts ? -Infinity : arrival.time - priority * agePerPoint
}
