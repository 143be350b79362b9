import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { delays } from '../harness/delays.js'

/**
 * What `http` does, from Python: milliseconds of wall time.
 *
 * @type {import('../harness/types.js').PythonWorkload}
 */
export async function measure({ create, parameters }) {
  const { items = 10_000, concurrency = 1000, longest = 3000 } = parameters
  const server = new Worker(new URL('../harness/http-server.js', import.meta.url))
  const [port] = await once(server, 'message')
  const waits = delays(Number(items), Number(longest))
  return await create({ port, concurrency })('requests.py', waits.join('\n'))
}
