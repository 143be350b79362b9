import type { BatcherOptions, BatchFunction } from 'jitney'
import { StartError } from '../errors.ts'

/** An item and the batch key that its request gave. */
interface Keyed {
  readonly item: unknown
  readonly key: unknown
}

/** A batch function of items, for those that carry a key. */
export function keyedFunction(
  batchFunction: BatchFunction<unknown, unknown>,
): BatchFunction<unknown, unknown> {
  return (items, context) =>
    batchFunction(
      items.map((keyed) => (keyed as Keyed).item),
      context,
    )
}

/** The same for the options that look at an item. */
export function keyedOptions(options: BatcherOptions): BatcherOptions {
  const { batchKey, dedupeKey, weight } = options
  if (batchKey !== undefined) {
    throw new StartError('its module has a batchKey, and its configuration a keyHeader; take one')
  }
  return {
    ...options,
    batchKey: ({ key }: Keyed) => key,
    ...(dedupeKey && { dedupeKey: ({ item }: Keyed) => dedupeKey(item) }),
    ...(weight && {
      weight: [weight].flat().map(({ of, max }) => ({ max, of: ({ item }: Keyed) => of(item) })),
    }),
  } as BatcherOptions
}
