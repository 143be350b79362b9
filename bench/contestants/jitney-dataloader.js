import { dirname, join } from 'node:path'

const { JITNEY_MODULE: other } = process.env

/** The `DataLoader` of jitney, of the build that is measured. */
export const { DataLoader } = await import(
  other === undefined ? 'jitney/dataloader' : join(dirname(other), 'compat/dataloader/index.js')
)

/** Without its cache. */
/** @type {import('../harness/types.js').Create} */
export function create({ batchFunction, maxBatchSize }) {
  const loader = new DataLoader(batchFunction, { cache: false, maxBatchSize })
  return (item) => loader.load(item)
}
