import { repeatForCpu } from '../harness/repeat.js'
import { checkAll, counted, tasks } from '../harness/tasks.js'

const items = 200_000
const callers = 1000

/**
 * 1000 callers that each await their call before the next one, 100 at a time.
 *
 * @type {import('../harness/types.js').BoundedWorkload}
 */
export function measure({ createLimit, effort }) {
  return repeatForCpu(effort, items, async () => {
    const { fn, seen } = counted(tasks.promise)
    const limited = createLimit(100)
    let next = 0
    const call = async () => {
      while (next < items) await limited(fn, next++)
    }
    await Promise.all(Array.from({ length: callers }, call))
    checkAll(seen, items)
  })
}
