import { seen } from './batch-function.js'
import { median } from './statistics.js'

/**
 * Runs `repetition` until the code is warm, then again and again. Resolves to nanoseconds of CPU per
 * item (the whole process, collections included), the median of the repetitions: it was steadier
 * from process to process than the minimum.
 *
 * No collection is forced in between: it shrinks the heap and drops compiled code, and the next
 * repetition then pays for both.
 *
 * @param {import('./types.js').Effort} effort
 * @param {number} items how many items one repetition handles
 * @param {() => Promise<void>} repetition
 * @returns {Promise<import('./types.js').Result>}
 */
export async function repeatForCpu(effort, items, repetition) {
  await repeatFor(effort.warmUpMilliseconds, 1, repetition, cpuTime)
  const costs = []
  const measured = async () => {
    const before = cpuTime()
    await repetition()
    costs.push(((cpuTime() - before) * 1e6) / items)
  }
  await repeatFor(effort.measureMilliseconds, 2, measured, cpuTime)
  return {
    typical: median(costs),
    repetitions: costs.length,
    batchSize: seen.batches === 0 ? undefined : seen.items / seen.batches,
  }
}

/**
 * @param {number} milliseconds on the given clock
 * @param {number} atLeast
 * @param {() => Promise<void>} repetition
 * @param {() => number} now
 */
export async function repeatFor(milliseconds, atLeast, repetition, now) {
  const end = now() + milliseconds
  for (let count = 0; count < atLeast || now() < end; count++) await repetition()
}

/** Milliseconds of this process: on a busy machine the code gets as warm as on an idle one. */
function cpuTime() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
