export { deferred, type Deferred } from './deferred.ts'
export { manualBatches, type ManualBatch, type ManualBatches } from './manual-batches.ts'
export { ManualClock } from './manual-clock.ts'
export { settle } from './settle.ts'
