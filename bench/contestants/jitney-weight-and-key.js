/** Every item is weighed and has a key, the same for all. */
const { Batcher } = await import(process.env.JITNEY_MODULE ?? 'jitney')

/** @type {import('../harness/types.js').Create} */
export function create({ batchFunction, maxBatchSize, concurrency }) {
  const batcher = new Batcher(batchFunction, {
    maxBatchSize,
    concurrency,
    weight: { of: () => 1, max: maxBatchSize },
    batchKey: () => 'the same',
  })
  return (item, options) => batcher.process(item, options)
}
