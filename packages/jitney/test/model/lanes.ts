/** What is queued by key, weight and priority, written down as simply as it can be said. */

export interface Queued {
  readonly id: number
  readonly key: unknown
  readonly weights: readonly number[]
  readonly priority: number
  /** When it came, in milliseconds. */
  readonly time: number
}

export interface Limits {
  maxBatchSize: number
  readonly maxQueueSize: number
  /** Most of each weight. */
  readonly maxima: readonly number[]
}

/** The ids that leave together, and their key. */
export interface Cut {
  readonly key: unknown
  readonly ids: number[]
}

export class Lanes {
  readonly limits: Limits
  /** In the order in which they came. */
  queued: Queued[] = []
  paused = false
  closing = false
  /** Those with a smaller id leave without waiting for company. */
  flushed = 0

  constructor(limits: Limits) {
    this.limits = limits
  }

  get isAtBound(): boolean {
    return this.queued.length >= this.limits.maxQueueSize
  }

  /** Takes out the next batch: of those keys that may leave, the one with the oldest item. */
  next(): Cut | undefined {
    const oldest = this.queued.find((one) => this.#mayLeave(one))
    if (oldest === undefined) return undefined
    const { key } = oldest
    const lane = this.queued.filter((one) => Object.is(one.key, key))
    const ids = this.#cut(lane.filter((one) => !this.#isHeld(one))).map(({ id }) => id)
    this.queued = this.queued.filter(({ id }) => !ids.includes(id))
    return { key, ids }
  }

  #mayLeave({ id, key }: Queued): boolean {
    const isFlushed = id < this.flushed
    return this.closing || isFlushed || (!this.paused && this.#isFull(key))
  }

  /** A pause holds what was not flushed. */
  #isHeld({ id }: Queued): boolean {
    return this.paused && !this.closing && id >= this.flushed
  }

  #isFull(key: unknown): boolean {
    const { maxBatchSize, maxima } = this.limits
    const lane = this.queued.filter((one) => Object.is(one.key, key))
    const totals = maxima.map((_, of) => sum(lane, of))
    return (
      this.isAtBound ||
      lane.length >= maxBatchSize ||
      totals.some((total, of) => total >= (maxima[of] ?? Infinity))
    )
  }

  #cut(lane: readonly Queued[]): Queued[] {
    const { maxBatchSize, maxima } = this.limits
    const rank = ({ time, priority }: Queued): number => time - priority * 1000
    // Infinity less Infinity is no number.
    const order = (left: number, right: number): number => (left === right ? 0 : left - right)
    const ranked = lane.toSorted((left, right) => order(rank(left), rank(right)))
    const fits = (count: number): boolean =>
      count <= maxBatchSize && maxima.every((max, of) => sum(ranked.slice(0, count), of) <= max)
    let count = 0
    while (count < ranked.length && fits(count + 1)) count += 1
    return ranked.slice(0, count)
  }
}

function sum(queued: readonly Queued[], of: number): number {
  return queued.reduce((total, { weights }) => total + (weights[of] ?? 0), 0)
}
