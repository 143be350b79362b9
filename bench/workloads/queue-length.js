import { double } from '../harness/batch-function.js'
import { repeatForCpu } from '../harness/repeat.js'

const maxBatchSize = 100
const leastItemsPerRepetition = 200_000

/**
 * One slot, batches of 100, and callers that ask again as soon as they are answered, so many that
 * `queued` items wait behind the running batch all the time.
 *
 * A repetition ends when as many items have come to the batch function as there are callers, and no
 * fewer than 200,000: the queue stays as it is from the first repetition to the last, and filling it
 * is not measured.
 *
 * @type {import('../harness/types.js').Workload}
 */
export async function measure({ create, caller, parameters, effort }) {
  const callers = parameters.queued + maxBatchSize
  const itemsPerRepetition = Math.max(callers, leastItemsPerRepetition)
  let left = Infinity
  let reached = () => {}

  const batchFunction = (items) => {
    left -= items.length
    if (left <= 0) {
      left = Infinity
      reached()
    }
    return double(items)
  }

  const process = create({ batchFunction, maxBatchSize, concurrency: 1 })
  const state = { next: 0, end: Infinity, wrong: 0 }
  for (let count = 0; count < callers; count++) void caller.loop(process, state)

  const result = await repeatForCpu(effort, itemsPerRepetition, async () => {
    await new Promise((resolve) => {
      left = itemsPerRepetition
      reached = () => resolve(undefined)
    })
  })
  if (state.wrong > 0) throw new Error(`Wrong answers: ${state.wrong}`)
  return result
}
