import {
  errorOf,
  type Estimate,
  fewestForMedian,
  meanOf,
  medianOf,
  quantileOf,
  sum,
} from './estimate.ts'
import type { Measured } from './measure.ts'

/** Batches after which nothing is gained by measuring on. */
const mostBatches = 4000

/** A batch counts as so many times the median at most: a pause would hide what sizes differ by. */
const longest = 3

/** All that was measured with one batch size and one concurrency. */
export class Cell {
  readonly size: number
  readonly concurrency: number
  /** Milliseconds that each batch ran, and held its slot. */
  readonly durations: number[] = []
  readonly held: number[] = []
  failedItems = 0
  failedBatches = 0
  failure: unknown
  #slotTime: Estimate | undefined

  constructor(size: number, concurrency: number) {
    this.size = size
    this.concurrency = concurrency
  }

  add({ batches, failures, failedItems }: Measured): void {
    this.durations.push(...batches.map(({ duration }) => duration))
    this.held.push(...batches.map(({ held }) => held))
    this.failedItems += failedItems
    this.failedBatches += failures.length
    this.failure ??= failures[0]
    this.#slotTime = undefined
  }

  /** Whether batches of this kind fail, and not just once in a while. */
  get hasFailed(): boolean {
    const { failedBatches, durations } = this
    return failedBatches > 1 && failedBatches * 10 > durations.length
  }

  get isMeasured(): boolean {
    return this.durations.length > 0 && !this.hasFailed
  }

  /** Milliseconds that it was measured for. */
  get spent(): number {
    return sum(this.held) / this.concurrency
  }

  /** Milliseconds that a batch runs: the median. */
  get duration(): Estimate {
    return medianOf(this.durations)
  }

  get p95(): number {
    return quantileOf(this.durations, 0.95)
  }

  /** Milliseconds that a batch holds its slot: the mean, but for what lasts far too long. */
  get slotTime(): Estimate {
    if (this.#slotTime === undefined) {
      const most = longest * medianOf(this.held).value
      this.#slotTime = meanOf(this.held.map((each) => Math.min(each, most)))
    }
    return this.#slotTime
  }

  /** Items per second with all slots taken. */
  get throughput(): Estimate {
    const { value, low, high } = this.slotTime
    const rate = (time: number): number =>
      (1000 * this.size * this.concurrency) / Math.max(time, Number.MIN_VALUE)
    return { value: rate(value), low: rate(high), high: rate(low) }
  }

  isSettled(precision: number): boolean {
    if (this.durations.length >= mostBatches) return true
    return (
      this.durations.length >= fewestForMedian &&
      errorOf(this.duration) <= precision &&
      errorOf(this.slotTime) <= precision
    )
  }
}
