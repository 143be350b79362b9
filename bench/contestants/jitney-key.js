/** Every item has a key: one of `keys`. */
const { Batcher } = await import(process.env.JITNEY_MODULE ?? 'jitney')

/** @type {import('../harness/types.js').Create} */
export function create({ batchFunction, maxBatchSize, concurrency, keys = 1 }) {
  const batchKey = (item) => item % keys
  const batcher = new Batcher(batchFunction, { maxBatchSize, concurrency, batchKey })
  return (item, options) => batcher.process(item, options)
}
