import { Batcher } from 'jitney'
import { threadBatch } from 'jitney/worker'

const module = new URL('../modules/compute.js', import.meta.url)

/** `threadBatch` behind a `Batcher`. */
export async function create({ size, items, maxBatchSize }) {
  const compute = threadBatch(module, { size })
  const batcher = new Batcher(compute, { concurrency: size, maxBatchSize })
  await compute.warmUp(items.slice(0, 10))
  return async () => {
    await batcher.processAll(items)
  }
}
