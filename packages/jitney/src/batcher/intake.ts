import { amountTo } from '../platform/guards.ts'
import type { Settings } from './options.ts'

/** What an item weighs by each of the weights. What their functions throw rejects its caller alone. */
export function weigh(all: Settings['weight'], item: unknown): number[] {
  const weights: number[] = []
  for (const { of, max } of all) {
    const value: unknown = of(item)
    // The guard is made for the message alone: it costs more than the check.
    const fits = typeof value === 'number' && value >= 0 && value <= max && value < Infinity
    weights.push(fits ? value : amountTo(max)('process item', 'weight', value))
  }
  return weights
}
