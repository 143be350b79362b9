import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { delays, idealOf } from '../harness/delays.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')

/**
 * HTTP requests to a server that answers after 0 to `longest` milliseconds, so many at a time.
 *
 * `wall`: milliseconds. `ideal`: what they would be if nothing but the delays took time; nothing is
 * sent. `held`: megabytes that the heap holds more than before, after a collection at the last item.
 *
 * @type {import('../harness/types.js').BoundedWorkload}
 */
export async function measure({ create, parameters }) {
  const { items = 10_000, concurrency = 1000, longest = 3000, figure = 'wall' } = parameters
  const waits = delays(items, longest)
  if (figure === 'ideal') return { typical: idealOf(waits, concurrency), repetitions: 1 }
  const server = new Worker(new URL('../harness/http-server.js', import.meta.url))
  const [port] = await once(server, 'message')
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: Infinity })
  const send = (delay) =>
    new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, agent, path: `/${delay}` }, (response) => {
        response.resume()
        response.on('end', resolve)
      })
        .on('error', reject)
        .end()
    })
  let answered = 0
  let held = 0
  function* requests(count) {
    for (let index = 0; index < count; index++) yield index
  }
  // Connections are made, and code is warm.
  await create({ concurrency })(requests(concurrency * 2), () => send(0))
  collect()
  const before = process.memoryUsage().heapUsed
  const start = performance.now()
  await create({ concurrency })(requests(items), async (index) => {
    await send(waits[index])
    answered++
    if (figure === 'held' && index === items - 1) {
      collect()
      held = (process.memoryUsage().heapUsed - before) / 2 ** 20
    }
    return index
  })
  const wall = performance.now() - start
  if (answered !== items) throw new Error(`Wrong answers: ${answered} of ${items}`)
  return { typical: figure === 'held' ? held : wall, repetitions: 1 }
}
