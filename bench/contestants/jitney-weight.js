/** Every item is weighed. */
const { Batcher } = await import(process.env.JITNEY_MODULE ?? 'jitney')

/** @type {import('../harness/types.js').Create} */
export function create({ batchFunction, maxBatchSize, concurrency }) {
  const weight = { of: () => 1, max: maxBatchSize }
  const batcher = new Batcher(batchFunction, { maxBatchSize, concurrency, weight })
  return (item, options) => batcher.process(item, options)
}
