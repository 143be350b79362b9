import { setImmediate as nextTurn } from 'node:timers/promises'
import { doubleAtOnce, seen } from '../harness/batch-function.js'
import { repeatFor } from '../harness/repeat.js'
import { median, quantile } from '../harness/statistics.js'

/**
 * One caller, an idle batcher: milliseconds from the call to its answer.
 *
 * @type {import('../harness/types.js').Workload}
 */
export async function measure({ create, effort }) {
  const process = create({ batchFunction: doubleAtOnce, maxBatchSize: 1000, concurrency: 1 })
  const wallTime = () => performance.now()
  const latencies = []
  let item = 0

  const ask = async () => {
    // Whatever the last item left behind is done before the next one comes.
    await nextTurn()
    await nextTurn()
    item++
    const start = performance.now()
    const result = await process(item)
    latencies.push(performance.now() - start)
    if (result !== item * 2) throw new Error(`Wrong answer for ${item}: ${result}`)
  }

  await repeatFor(effort.warmUpMilliseconds, 200, ask, wallTime)
  latencies.length = 0
  await repeatFor(effort.measureMilliseconds, 500, ask, wallTime)
  return {
    typical: median(latencies),
    p99: quantile(latencies, 0.99),
    repetitions: latencies.length,
    batchSize: seen.items / seen.batches,
  }
}
