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
  await repeatFor(effort.warmUpMilliseconds, 1, repetition)
  const costs = []
  await repeatFor(effort.measureMilliseconds, 2, async () => {
    const before = process.cpuUsage()
    await repetition()
    const { user, system } = process.cpuUsage(before)
    costs.push(((user + system) * 1000) / items)
  })
  return {
    typical: median(costs),
    repetitions: costs.length,
    batchSize: seen.items / seen.batches,
  }
}

/**
 * @param {number} milliseconds
 * @param {number} atLeast
 * @param {() => Promise<void>} repetition
 */
export async function repeatFor(milliseconds, atLeast, repetition) {
  const end = performance.now() + milliseconds
  for (let count = 0; count < atLeast || performance.now() < end; count++) await repetition()
}
