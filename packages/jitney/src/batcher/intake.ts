import { outOfRange } from '../platform/errors.ts'
import { amountOrZero } from '../platform/guards.ts'
import type { Settings } from './options.ts'

/** What an item weighs by each of the weights. What their functions throw rejects its caller alone. */
export function weigh({ weight, rateLimit }: Settings, item: unknown): number[] {
  const weights: number[] = []
  for (const { of, max } of weight) {
    // What a rate never lets pass is too heavy as well.
    const rates = weights.length === 0 ? rateLimit : []
    const most = rates.reduce((least, rate) => (rate.of === 'weight' ? Math.min(least, rate.limit) : least), max)
    const value: unknown = of(item)
    const fits = typeof value === 'number' && value >= 0 && value <= most && value < Infinity
    weights.push(fits ? value : refuse(weight.length === 1 ? '' : `[${weights.length}]`, most, value))
  }
  return weights
}

function refuse(index: string, most: number, value: unknown): never {
  const name = `weight${index}`
  amountOrZero('process item', name, value)
  throw outOfRange('process item', name, `at most ${most}`, value)
}
