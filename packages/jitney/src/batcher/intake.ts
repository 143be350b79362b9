import { outOfRange } from '../platform/errors.ts'
import { amountOrZero } from '../platform/guards.ts'
import { type Details, newDetails } from './entry.ts'
import type { Settings } from './options.ts'

const action = 'process item'
const none: readonly number[] = []

/** What the options say of single items. What their functions throw rejects the item's caller alone. */
export class Intake {
  readonly #settings: Settings
  /** Most that one item may weigh. */
  readonly #maxima: readonly number[]
  #order = 0

  constructor(settings: Settings) {
    this.#settings = settings
    const { weight, rateLimit } = settings
    const rates = rateLimit.filter(({ of }) => of === 'weight').map(({ limit }) => limit)
    this.#maxima = weight.map(({ max }, of) => (of === 0 ? Math.min(max, ...rates) : max))
  }

  /** The details of an item, if it has any. */
  read(item: unknown, priority: number | undefined): Details | undefined {
    const { weight, batchKey } = this.#settings
    if (priority === undefined && batchKey === undefined && weight.length === 0) return undefined
    const key = batchKey?.(item)
    const weights = weight.length === 0 ? none : this.#weigh(item)
    this.#order += 1
    return newDetails(key, weights, priority ?? 0, this.#order)
  }

  #weigh(item: unknown): readonly number[] {
    const weights: number[] = []
    for (const { of } of this.#settings.weight) {
      weights.push(this.#check(weights.length, of(item)))
    }
    return weights
  }

  #check(index: number, value: unknown): number {
    const max = this.#maxima[index] as number
    // The name is made for the message alone: it costs more than the check.
    if (typeof value === 'number' && value >= 0 && value <= max && value < Infinity) return value
    const name = this.#maxima.length === 1 ? 'weight' : `weight[${index}]`
    const weight = amountOrZero(action, name, value)
    throw outOfRange(action, name, `at most ${max}`, weight)
  }
}
