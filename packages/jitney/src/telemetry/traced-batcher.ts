import { context, trace } from '@opentelemetry/api'

import type { BatchFunction } from '../batcher/batch-function.ts'
import { Batcher } from '../batcher/batcher.ts'
import type { BatcherOptions, Weight } from '../batcher/options.ts'
import type { ProcessOptions } from '../batcher/processor.ts'
import { checkFunction } from '../platform/guards.ts'
import { currentBatch } from './current-batch.ts'
import { Origin } from './origin.ts'

/** An item on its way, with where it came from. */
interface Ride<Item> {
  readonly item: Item
  key: unknown
  origin: Origin
  /** Which of the shared origins it has. */
  kind?: unknown
  isShared: boolean
}

/**
 * A `Batcher` whose batches tell whom they are for, while `instrumentBatchers` is on: the span of a
 * batch is linked to the span that was active in each call of `process`, and is itself the active
 * one in the batch function, so that the requests made there are its children.
 *
 * In all else it is a `Batcher` of the same batch function and options.
 *
 * - **Shared items** (`dedupeKey`): linked to the spans of all callers, of those too who join while
 *   the batch runs.
 * - **Another attempt** is another batch, with a span and links of its own.
 *
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { instrumentBatchers, tracedBatcher } from 'jitney/opentelemetry'
 *
 * const stop = instrumentBatchers()
 * const squares = tracedBatcher((numbers: number[]) => numbers.map((n) => n * n))
 * await squares.processAll([1, 2, 3]) // => [1, 4, 9]
 * stop()
 * ```
 */
export function tracedBatcher<Item, Result>(
  batchFunction: BatchFunction<Item, Result>,
  options?: BatcherOptions<Item>,
): Batcher<Item, Result> {
  checkFunction('create tracedBatcher', 'batchFunction', batchFunction)
  const shared = new Map<unknown, Map<unknown, Origin>>()
  const batcher = new Batcher<Ride<Item>, Result>(
    (rides, about) => {
      const items = rides.map(({ item }) => item)
      const span = currentBatch.getStore()
      if (span === undefined) return batchFunction(items, about)
      for (const { origin } of rides) origin.carry(span)
      return context.with(trace.setSpan(context.active(), span), () => batchFunction(items, about))
    },
    optionsOf(options, shared),
  )

  const process = batcher.process.bind(batcher)
  // `processAll` and its kin call this one, too.
  batcher.process = (item: unknown, given?: ProcessOptions) => {
    const ride = { item: item as Item, key: undefined, origin: new Origin(), isShared: false }
    ride.origin.join()
    const result = process(ride, given)
    if (ride.isShared) {
      const settle = (): void => {
        forget(shared, ride)
      }
      const leave = (): void => {
        // Who leaves by a signal leaves alone.
        if (ride.origin.leave() === 0 || given?.signal?.aborted !== true) settle()
      }
      result.then(settle, leave)
    }
    return result
  }
  return batcher as unknown as Batcher<Item, Result>
}

/** The same options, whose functions get the item and not the ride. What is wrong stays so. */
function optionsOf<Item>(
  options: BatcherOptions<Item> | undefined,
  shared: Map<unknown, Map<unknown, Origin>>,
): BatcherOptions<Ride<Item>> | undefined {
  const { weight, batchKey, dedupeKey } = Object(options) as BatcherOptions<Item>
  if (weight === undefined && batchKey === undefined && dedupeKey === undefined) {
    return options as BatcherOptions<Ride<Item>> | undefined
  }
  const inner = { ...options } as Record<string, unknown>
  if (weight !== undefined) {
    inner['weight'] = ([] as unknown[]).concat(weight).map((measure) => weightOf(measure))
  }
  if (typeof batchKey === 'function') {
    inner['batchKey'] = (ride: Ride<Item>) => (ride.key = batchKey(ride.item))
  }
  if (typeof dedupeKey === 'function') {
    inner['dedupeKey'] = (ride: Ride<Item>) => {
      const kind = dedupeKey(ride.item)
      share(shared, ride, kind)
      return kind
    }
  }
  return inner
}

function weightOf<Item>(measure: unknown): unknown {
  const { of } = Object(measure) as Weight<Item>
  if (typeof of !== 'function') return measure
  return { ...(measure as object), of: ({ item }: Ride<Item>) => of(item) }
}

/** Gives the ride the origin of those it rides with, as the batcher will. */
function share<Item>(
  shared: Map<unknown, Map<unknown, Origin>>,
  ride: Ride<Item>,
  kind: unknown,
): void {
  let kinds = shared.get(ride.key)
  if (kinds === undefined) shared.set(ride.key, (kinds = new Map<unknown, Origin>()))
  const known = kinds.get(kind)
  ride.kind = kind
  ride.isShared = true
  if (known === undefined) kinds.set(kind, ride.origin)
  else {
    ride.origin = known
    known.join()
  }
}

/** Nobody joins any more: the item is settled, or its last caller has left. */
function forget<Item>(shared: Map<unknown, Map<unknown, Origin>>, ride: Ride<Item>): void {
  const kinds = shared.get(ride.key)
  if (kinds?.get(ride.kind) !== ride.origin) return
  kinds.delete(ride.kind)
  if (kinds.size === 0) shared.delete(ride.key)
}
