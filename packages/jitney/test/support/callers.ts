import type { Processor, ProcessOptions } from 'jitney'
import { type ManualBatches, settle } from 'jitney/testing'
import { observe, type Observed, processEach } from './observe.ts'

/** Hands over items, each in a turn of its own. */
export async function processInTurns<Item, Result>(
  batcher: Processor<Item, Result>,
  items: readonly Item[],
): Promise<void> {
  for (const item of items) {
    processEach(batcher, [item])
    await settle()
  }
}

/** Hands over an item whose caller can leave. */
export function processAbortably<Item, Result>(
  batcher: Processor<Item, Result>,
  item: Item,
  options?: ProcessOptions,
): { caller: Observed<Result>; controller: AbortController } {
  const controller = new AbortController()
  const { signal } = controller
  return { caller: observe(batcher.process(item, { ...options, signal })), controller }
}

/** Ends the batches from one on, each after it was called, until `count` have been called in all. */
export async function endUntil<Item>(
  batches: ManualBatches<Item, Item>,
  count: number,
  from = 0,
): Promise<void> {
  for (let index = from; batches.calls.length < count; index += 1) {
    const call = batches.calls[index]
    if (call === undefined) throw new Error(`expected ${count} batches, but there are ${index}`)
    call.resolve(call.items)
    await settle()
  }
}
