import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const childFile = fileURLToPath(new URL('./child.js', import.meta.url))
const run = promisify(execFile)

/**
 * Collections on the main thread: their work is counted, and not how the helper threads wait for
 * each other on a machine with few cores.
 */
export const nodeFlags = ['--single-threaded-gc']

/**
 * Measures one thing in a process of its own.
 *
 * @param {import('./types.js').Measurement} measurement
 * @param {import('./types.js').Effort} effort
 * @returns {Promise<import('./types.js').Result>}
 */
export async function runChild(measurement, effort) {
  const task = JSON.stringify({ ...measurement, effort })
  const { stdout } = await run(process.execPath, [...nodeFlags, childFile, task], {
    timeout: 900_000,
  })
  return JSON.parse(stdout)
}
