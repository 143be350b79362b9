import { setTimeout } from 'node:timers/promises'
import { defineBatch } from '../../../packages/cli/dist/index.js'

const mostItems = 200

/** What it did, for `POST /recorded`. */
const record = { batches: 0, items: 0, took: 0, shouldTake: 0 }

/** 11 ms for one item, 13 ms for 200, linear between: a model that likes company. */
export const run = defineBatch(
  async (items) => {
    const duration = 11 + (2 * (items.length - 1)) / (mostItems - 1)
    const start = performance.now()
    await setTimeout(duration)
    record.batches += 1
    record.items += items.length
    record.took += performance.now() - start
    record.shouldTake += duration
    return items
  },
  { maxBatchSize: mostItems },
)

export const recorded = defineBatch((items) => items.map(() => ({ ...record })))
