import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { freePort } from '../free-port.ts'
import { findService } from '../services.ts'

/** A Redis of our own, in a folder and on a port of its own, which keeps its data over restarts. */
export interface RedisServer extends AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly pid: number | undefined
  /** Kills it, or stops it in order. */
  stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>
  start(): Promise<void>
}

/** How a server is started. */
export interface RedisStart {
  /** Its program: another version, or Valkey. */
  readonly program?: string | undefined
  /** What it is started by, with its command line behind it, and its process id. */
  readonly by?: readonly string[] | undefined
}

/** @param settings more lines of its configuration, as `{ appendfsync: 'always' }`. */
export async function startRedis(
  settings: Readonly<Record<string, string>> = {},
  { program = findService('redis-server'), by = [] }: RedisStart = {},
): Promise<RedisServer> {
  if (program === undefined) throw new Error('There is no redis-server')
  const folder = mkdtempSync(join(tmpdir(), 'jitney-redis-'))
  const port = await freePort()
  const all = { bind: '127.0.0.1', port, dir: folder, save: '', appendonly: 'yes', ...settings }
  const parameters = Object.entries(all).flatMap(([name, value]) => [`--${name}`, String(value)])
  let child: ChildProcess | undefined

  const start = async (): Promise<void> => {
    const [command = '', ...rest] = [...by, program, ...parameters]
    const started = spawn(command, rest, { stdio: ['ignore', 'pipe', 'ignore'] })
    child = started
    for await (const line of createInterface(started.stdout)) {
      if (!line.includes('Ready to accept connections')) continue
      // Nobody reads the rest, which must not fill the pipe.
      started.stdout.resume()
      return
    }
    throw new Error('Cannot start redis-server: it ended')
  }
  const stop = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  }
  await start()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return child?.pid
    },
    start,
    stop,
    async [Symbol.asyncDispose]() {
      await stop('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
