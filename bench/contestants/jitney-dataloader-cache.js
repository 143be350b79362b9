import { DataLoader } from './jitney-dataloader.js'

/** With its cache, as it comes; every item of a workload is new to it. */
/** @type {import('../harness/types.js').Create} */
export function create({ batchFunction, maxBatchSize }) {
  const loader = new DataLoader(batchFunction, { maxBatchSize })
  return (item) => loader.load(item)
}
