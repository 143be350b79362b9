/** `JITNEY_MODULE`, an absolute path, measures another build than the installed one. */
const { Batcher } = await import(process.env.JITNEY_MODULE ?? 'jitney')

/** @type {import('../harness/types.js').Create} */
export function create({ batchFunction, maxBatchSize, concurrency }) {
  const batcher = new Batcher(batchFunction, { maxBatchSize, concurrency })
  return (item, options) => batcher.process(item, options)
}
