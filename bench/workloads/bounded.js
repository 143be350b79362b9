import { repeatForCpu } from '../harness/repeat.js'
import { checkAll, counted, numbers, tasks } from '../harness/tasks.js'

/**
 * A generator of items, so many in flight: nanoseconds of CPU per item.
 *
 * @type {import('../harness/types.js').BoundedWorkload}
 */
export function measure({ create, parameters, effort }) {
  const { items = 200_000, concurrency = 100, task = 'promise' } = parameters
  return repeatForCpu(effort, items, async () => {
    const { fn, seen } = counted(tasks[task])
    await create({ concurrency })(numbers(items), fn)
    checkAll(seen, items)
  })
}
