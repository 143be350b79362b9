import { Batcher } from 'promise-batcher'

/**
 * promise-batcher, with the least delay that a timer can do, which is its default. It has no bound
 * on concurrency, but a threshold of `Infinity` at `concurrency` running batches acts as one.
 */
/** @type {import('../harness/types.js').Create} */
export function create({ batchFunction, maxBatchSize, concurrency }) {
  const queuingThresholds =
    concurrency === Infinity ? [1] : [...Array.from({ length: concurrency }, () => 1), Infinity]
  const batcher = new Batcher({
    batchingFunction: batchFunction,
    maxBatchSize,
    queuingDelay: 1,
    queuingThresholds,
  })
  return (item) => batcher.getResult(item)
}
