import { Batcher } from 'jitney'

import type { Backend } from '../backend.ts'
import type { Upstream } from './client.ts'

export type Window = number | 'adaptive'

export interface Live {
  /** Milliseconds from when an item should have come to its answer, of those after the warm-up. */
  readonly meanLatency: number
  readonly batches: number
  /** What was learned. */
  readonly a: number
  readonly b: number
}

/**
 * Sends items at given times, in milliseconds. Their latency counts from those times, and not from
 * when the generator got around to them.
 */
export async function measureLive(
  upstream: Upstream,
  { slots, maxBatchSize }: Backend,
  maxQueueTime: Window,
  times: Float64Array,
  warmUp: number,
): Promise<Live> {
  await using batcher = new Batcher((numbers: number[]) => upstream.send(numbers), {
    concurrency: slots,
    maxBatchSize,
    maxQueueTime,
  })
  const begin = performance.now() + 5
  const calls: Promise<void>[] = []
  let latency = 0
  const ask = async (item: number, time: number): Promise<void> => {
    const answer = await batcher.process(item)
    if (answer !== item) throw new Error(`Cannot measure: expected ${item}, received ${answer}`)
    if (item >= warmUp) latency += performance.now() - begin - time
  }
  for (let item = 0; item < times.length;) {
    const now = performance.now() - begin
    for (; (times[item] as number) <= now; item += 1) calls.push(ask(item, times[item] as number))
    if (item < times.length) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(calls)
  const { batches, a, b } = batcher.stats()
  return { meanLatency: latency / (times.length - warmUp), batches, a, b }
}

/** Mean milliseconds of a caller who is alone and asks again at once, with a batcher and without. */
export async function measureLone(
  upstream: Upstream,
  { slots, maxBatchSize }: Backend,
  count: number,
): Promise<{ readonly batched: number; readonly direct: number }> {
  await using batcher = new Batcher((numbers: number[]) => upstream.send(numbers), {
    concurrency: slots,
    maxBatchSize,
  })
  // Connections and code that are used for the first time take longer.
  for (let call = 0; call < 50; call += 1) await batcher.process(call)
  let batched = 0
  let direct = 0
  for (let call = 0; call < count; call += 1) {
    const start = performance.now()
    await batcher.process(call)
    const middle = performance.now()
    await upstream.send([call])
    batched += middle - start
    direct += performance.now() - middle
  }
  return { batched: batched / count, direct: direct / count }
}
