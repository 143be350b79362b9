import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../packages/cli/dist/bin.js', import.meta.url))

/**
 * A server in a process of its own, on a free port.
 *
 * @param {string} name a file in `servers/`; those that are not a server are served by `jitney serve`
 * @param {readonly string[]} [nodeFlags]
 */
export async function startServer(name, nodeFlags = []) {
  const file = fileURLToPath(new URL(`servers/${name}.js`, import.meta.url))
  const program = name === 'bare-fastify' ? [file] : [bin, 'serve', file, '--port', '0']
  const child = spawn(process.execPath, [...nodeFlags, ...program], {
    stdio: ['ignore', 'pipe', 'inherit'],
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
