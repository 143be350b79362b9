import { double } from '../harness/batch-function.js'
import { repeatForCpu } from '../harness/repeat.js'

const items = 100_000

/**
 * 100,000 items in one turn, batches of 1000, as many at once as there are.
 *
 * A burst with a major collection costs far more than one without, so a repetition spans several.
 *
 * @type {import('../harness/types.js').Workload}
 */
export function measure({ create, caller, parameters: { bursts = 5 }, effort }) {
  return repeatForCpu(effort, items * bursts, async () => {
    for (let count = 0; count < bursts; count++) {
      const process = create({ batchFunction: double, maxBatchSize: 1000, concurrency: Infinity })
      const results = await caller.burst(process, items)
      for (let item = 0; item < items; item++) {
        if (results[item] !== item * 2)
          throw new Error(`Wrong answer for ${item}: ${results[item]}`)
      }
    }
  })
}
