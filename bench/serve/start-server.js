import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../packages/cli/dist/bin.js', import.meta.url))

/** Kernel ticks per second, which Linux shows to everybody as 100. */
const ticksPerSecond = 100

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
    /** Milliseconds of processor time so far, of all its threads. */
    cpuTime() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ')
      return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond
    },
    async stop() {
      child.kill('SIGTERM')
      const [code] = await once(child, 'exit')
      return /** @type {number | null} */ (code)
    },
  }
}
