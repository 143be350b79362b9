import { defineBatch } from '../../../packages/cli/dist/index.js'

/** Does nothing; any number of batches may run. */
export const run = defineBatch((items) => items, { concurrency: Infinity, maxQueueSize: 100_000 })
