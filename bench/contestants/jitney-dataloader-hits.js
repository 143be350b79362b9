import { DataLoader } from './jitney-dataloader.js'

/** Every item is loaded twice, the second time from the cache. */
/** @type {import('../harness/types.js').Create} */
export function create({ batchFunction, maxBatchSize }) {
  const loader = new DataLoader(batchFunction, { maxBatchSize })
  return (item) => {
    void loader.load(item)
    return loader.load(item)
  }
}
