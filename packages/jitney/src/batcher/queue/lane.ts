import type { Entry } from '../entry.ts'
import type { Lanes } from './lanes.ts'
import { Queue } from './queue.ts'

/** How many milliseconds of waiting one point of priority is worth. */
const agePerPoint = 1000

/** Sums of fractions are off by less than this part of them. */
const rounding = 1 - 1e-9

/** The queued entries of one batch key. Those that are out of order are sorted when somebody looks. */
export class Lane extends Queue {
  laneKey: unknown
  /** How many of them come for another attempt: they go first. */
  returned = 0
  readonly #lanes: Lanes
  /** What is left of each weight until they fill a batch. */
  readonly #left: number[]
  #least = Infinity
  /** What could leave when they were sorted; -1: they are not, 0: they leave as they came. */
  #sortedFor = 0
  #oldest: Entry | undefined

  constructor(key: unknown, lanes: Lanes) {
    super()
    this.laneKey = key
    this.#lanes = lanes
    this.#left = lanes.settings.weight.map(({ max }) => max * rounding)
  }

  /** Whether they fill a batch, by their number or by a weight. */
  get filled(): boolean {
    return this.amount >= this.#lanes.settings.maxBatchSize || this.#least <= 0
  }

  override get front(): Entry | undefined {
    const { last } = this.#lanes
    if (this.#sortedFor && this.#sortedFor !== last) {
      this.#sortedFor = last
      for (const entry of this.everyone) {
        const { order, tries: attempts, rank: priority = 0, arrival } = entry
        entry.due =
          order > last ? Infinity : attempts ? -Infinity : arrival.time - priority * agePerPoint
      }
      // Infinity less Infinity is no number: then the one that came first.
      this.everyone.sort(
        (one, other) => (one.due as number) - (other.due as number) || one.order - other.order,
      )
    }
    return super.front
  }

  /** The entry that came first. */
  get oldest(): Entry {
    return (this.#oldest ??= (
      this.#sortedFor
        ? this.everyone.reduce((one, other) => (one.order < other.order ? one : other))
        : this.front
    ) as Entry)
  }

  override enter(entry: Entry): void {
    super.enter(entry)
    if (entry.rank || entry.tries || this.#sortedFor) this.#sortedFor = -1
    this.#count(entry, 1)
  }

  override drop(entry: Entry): void {
    super.drop(entry)
    this.#count(entry, -1)
  }

  override empty(): Entry[] {
    this.#lanes.amount -= this.amount
    this.#lanes.returned -= this.returned
    this.returned = 0
    this.#oldest = undefined
    return super.empty()
  }

  #count(entry: Entry, sign: 1 | -1): void {
    const { tries: attempts } = entry
    this.#lanes.amount += sign
    if (entry.weights) this.#least = weigh(this.#left, entry.weights, sign)
    if (attempts) {
      this.returned += sign
      this.#lanes.returned += sign
    }
    if (attempts || entry === this.#oldest) this.#oldest = undefined
  }
}

/** Takes what an entry weighs off what is left, or gives it back; says of which there is least. */
export function weigh(left: number[], weights: readonly number[], sign: 1 | -1): number {
  let least = Infinity
  for (let of = 0; of < weights.length; of += 1)
    least = Math.min(least, (left[of] = (left[of] as number) - sign * (weights[of] as number)))
  return least
}
