import { double } from '../harness/batch-function.js'
import { repeatForCpu } from '../harness/repeat.js'

const callers = 1000

/**
 * 1000 callers that each await their answer before they ask again, in batches of 1000.
 *
 * @type {import('../harness/types.js').Workload}
 */
export function measure({ create, caller, parameters: { items = 200_000 }, effort }) {
  return repeatForCpu(effort, items, async () => {
    const process = create({ batchFunction: double, maxBatchSize: callers, concurrency: 1 })
    const state = { next: 0, end: items, wrong: 0 }
    await Promise.all(Array.from({ length: callers }, () => caller.loop(process, state)))
    if (state.wrong > 0) throw new Error(`Wrong answers: ${state.wrong} of ${state.end}`)
  })
}
