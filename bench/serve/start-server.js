import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { python, pythonFile } from '../harness/python.js'

const bin = fileURLToPath(new URL('../../packages/cli/dist/bin.js', import.meta.url))

const { execPath } = process
const server = (name) => fileURLToPath(new URL(`servers/${name}.js`, import.meta.url))
const served = (name, ...flags) => [execPath, bin, 'serve', server(name), '--port', '0', ...flags]

const programs = {
  'no-op': served('no-op'),
  'no-op-logged': served('no-op', '--access-log'),
  model: served('model'),
  'bare-fastify': [execPath, server('bare-fastify')],
  fastapi: [python, pythonFile('service.py')],
  'fastapi-batched': [python, pythonFile('service.py'), '--batched'],
}

/**
 * A server in a process of its own, on a free port.
 *
 * @param {string} name one of `programs`
 */
export async function startServer(name) {
  const [program, ...parameters] = programs[name]
  const child = spawn(program, parameters, {
    // A log is written there.
    stdio: ['ignore', 'pipe', name === 'no-op-logged' ? 'ignore' : 'inherit'],
  })
  let port
  for await (const line of createInterface({ input: child.stdout })) {
    port = Number(/^Listening on .*:(\d+)$/.exec(line)?.[1])
    if (port > 0) break
  }
  if (!(port > 0)) throw new Error(`Cannot measure: ${name} ended before it listened`)
  child.stdout.resume()
  return {
    port: /** @type {number} */ (port),
    /** Milliseconds of processor time so far, of all its threads; by the nanosecond, as Linux counts it. */
    cpuTime() {
      const tasks = `/proc/${child.pid}/task`
      const ofTask = (task) =>
        Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0])
      return readdirSync(tasks).reduce((sum, task) => sum + ofTask(task), 0) / 1e6
    },
    async stop() {
      child.kill('SIGTERM')
      const [code] = await once(child, 'exit')
      return /** @type {number | null} */ (code)
    },
  }
}
