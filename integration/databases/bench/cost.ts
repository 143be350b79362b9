import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** In seconds, but for those of the first two, which are of processor time. */
export interface Cost {
  readonly client: number
  readonly server: number
  readonly time: number
}

/** @param servers processes that work for this one. */
export async function costOf(
  servers: readonly number[],
  work: () => Promise<unknown>,
): Promise<Cost> {
  const start = performance.now()
  const used = process.cpuUsage()
  const before = cpuOf(servers)
  await work()
  const { user, system } = process.cpuUsage(used)
  const server = cpuOf(servers) - before
  return { client: (user + system) / 1e6, server, time: (performance.now() - start) / 1000 }
}

/** CPU time of all threads of processes that are alive, in seconds. */
function cpuOf(processes: readonly number[]): number {
  const times = processes.flatMap((id) => {
    const tasks = `/proc/${id}/task`
    return readdirSync(tasks).map((task) => {
      try {
        return Number(readFileSync(join(tasks, task, 'schedstat'), 'utf8').split(' ')[0])
      } catch {
        // It has ended.
        return 0
      }
    })
  })
  return times.reduce((sum, time) => sum + time, 0) / 1e9
}
