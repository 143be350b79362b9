import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { checkAll, counted, numbers, tasks } from '../harness/tasks.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')
const megabyte = 2 ** 20

/**
 * One run over a generator. Megabytes: `peak`, by how much the process grew at most; or `held`, what
 * the heap holds more than before when the last item is worked on, after a collection.
 *
 * @type {import('../harness/types.js').BoundedWorkload}
 */
export async function measure({ create, parameters }) {
  const { items = 200_000, concurrency = 100, task = 'promise', figure = 'peak' } = parameters
  await create({ concurrency })(numbers(10_000), tasks[task])
  collect()
  const before = process.memoryUsage()
  let held = 0
  const { fn, seen } = counted((item) => {
    if (figure === 'held' && item === items - 1) {
      collect()
      held = process.memoryUsage().heapUsed - before.heapUsed
    }
    return tasks[task](item)
  })
  await create({ concurrency })(numbers(items), fn)
  checkAll(seen, items)
  const peak = process.resourceUsage().maxRSS * 1024 - before.rss
  return { typical: (figure === 'held' ? held : peak) / megabyte, repetitions: 1 }
}
