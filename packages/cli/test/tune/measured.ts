import { Batcher } from 'jitney'
import { quantileOf, sum } from '../../src/tune/estimate.ts'
import { measure } from '../../src/tune/measure.ts'
import { seeded } from '../../src/tune/random.ts'
import type { Latency, Settings } from '../../src/tune/simulate-load.ts'
import { onClock, type VirtualModel, VirtualProbe } from './virtual-model.ts'

/** Another one than those that were tuned with. */
const seed = 4711

/** Items per second that a server really does with all slots taken. */
export async function measuredThroughput(
  model: VirtualModel,
  { maxBatchSize: size, concurrency }: Pick<Settings, 'maxBatchSize' | 'concurrency'>,
  perSlot: number,
): Promise<number> {
  const probe = new VirtualProbe(model, seed)
  const signal = new AbortController().signal
  const options = { probe, clock: probe.clock, signal, size, concurrency, perSlot }
  const { batches } = await onClock(probe.clock, measure(options), 1000)
  const held = sum(batches.map((batch) => batch.held)) / batches.length
  return (1000 * size * concurrency) / held
}

/** The latency that a real batcher before a server has, on a virtual clock. */
export async function measuredLatency(
  model: VirtualModel,
  settings: Settings,
  rate: number,
  count: number,
): Promise<Latency> {
  const probe = new VirtualProbe(model, seed)
  const { clock } = probe
  const chance = seeded(seed)
  const batcher = new Batcher(
    async (items: number[]) => {
      await probe.run(items.length)
      return items
    },
    { ...settings, clock },
  )
  const latencies: number[] = []
  const call = async (): Promise<void> => {
    const start = clock.now()
    await batcher.process(start)
    latencies.push(clock.now() - start)
  }
  const calls: Promise<void>[] = []
  const come = async (): Promise<void> => {
    while (calls.length < count) {
      await clock.sleep((-Math.log(1 - chance()) * 1000) / rate)
      calls.push(call())
    }
    await Promise.all(calls)
  }
  await onClock(clock, come(), 1000)
  const settled = latencies.slice(count / 10)
  return { mean: sum(settled) / settled.length, p95: quantileOf(settled, 0.95) }
}
