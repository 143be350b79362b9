import { double } from '../harness/batch-function.js'
import { repeatForCpu } from '../harness/repeat.js'

const items = 200_000

/**
 * 200,000 items in one turn over so many keys, one slot, batches of two: as many batches whatever
 * the number of keys.
 *
 * @type {import('../harness/types.js').Workload}
 */
export function measure({ create, caller, parameters: { keys }, effort }) {
  return repeatForCpu(effort, items, async () => {
    const process = create({ batchFunction: double, maxBatchSize: 2, concurrency: Infinity, keys })
    await caller.burst(process, items)
  })
}
