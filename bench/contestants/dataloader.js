import DataLoader from 'dataloader'

/** DataLoader without its cache. It bounds no concurrency. */
/** @type {import('../harness/types.js').Create} */
export function create({ batchFunction, maxBatchSize }) {
  const loader = new DataLoader(batchFunction, { cache: false, maxBatchSize })
  return (item) => loader.load(item)
}
