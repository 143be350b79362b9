import { amountTo } from '../platform/guards.ts'
import type { Settings } from './options.ts'

/** What an item weighs by each of the weights. What their functions throw rejects its caller alone. */
export function weigh({ weight }: Settings, item: unknown): number[] {
  return weight.map(({ of, max }) => amountTo(max)('process item', 'weight', of(item)))
}
