import type { BatchContext } from 'jitney'

/** A batch function that fails while one of its items spoils the batch, and what it was given. */
export function poisonedBy(
  poison: Iterable<number>,
  error: () => unknown = () => new Error('poisoned'),
): {
  calls: number[][]
  contexts: BatchContext[]
  batchFunction: (items: number[], context: BatchContext) => Promise<number[]>
} {
  const spoils = new Set(poison)
  const calls: number[][] = []
  const contexts: BatchContext[] = []
  return {
    calls,
    contexts,
    batchFunction: async (items, context) => {
      calls.push([...items])
      contexts.push(context)
      if (items.some((item) => spoils.has(item))) throw error() as Error
      return items.map((item) => item * 10)
    },
  }
}

/** The batches that halving makes of these items until each that spoils one was alone. */
export function halvesOf(items: readonly number[], poison: Iterable<number>): number[][] {
  const spoils = new Set(poison)
  const batches = [[...items]]
  if (items.length > 1 && items.some((item) => spoils.has(item))) {
    const middle = Math.ceil(items.length / 2)
    for (const half of [items.slice(0, middle), items.slice(middle)]) {
      batches.push(...halvesOf(half, spoils))
    }
  }
  return batches
}
