import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { freePort } from '../free-port.ts'
import { findService, type Service } from '../services.ts'

/** A server of this test file alone: in a folder and on a port of its own. */
export interface Server {
  readonly port: number
  /** Gives it no time to say farewell. */
  kill(): Promise<void>
  /** The same data on the same port. */
  start(): Promise<void>
  end(): Promise<void>
}

/** What a kind of server is started with. */
export interface ServerKind {
  readonly package: Service
  /** Whom it runs as where this process is root. */
  readonly user: string
  initialize(folder: string): readonly string[]
  parameters(folder: string, port: number): readonly string[]
  readonly ready: RegExp
  readonly killedBy: NodeJS.Signals
}

const isRoot = process.getuid?.() === 0

/** Whether there is such a server. Says so where there is none. */
export function hasServer(kind: () => ServerKind): boolean {
  return findService(kind().package) !== undefined
}

export async function startServer(kind: ServerKind): Promise<Server> {
  const program = findService(kind.package)
  if (program === undefined) throw new Error(`There is no ${kind.package}`)
  const folder = mkdtempSync(join(tmpdir(), 'jitney-server-'))
  const owner = isRoot ? ownerOf(kind.user) : {}
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid!)
  const [initializer = '', ...parameters] = kind.initialize(folder)
  const made = spawnSync(initializer, parameters, { ...owner, cwd: folder, encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`Cannot make a database: ${made.stderr}${made.stdout}`)
  const port = await freePort()
  let child: ChildProcess | undefined

  const start = async (): Promise<void> => {
    const started = spawn(program, kind.parameters(folder, port), {
      ...owner,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    child = started
    const said: string[] = []
    for await (const line of createInterface(started.stderr)) {
      said.push(line)
      if (!kind.ready.test(line)) continue
      // Read on, or it would wait for a reader.
      started.stderr.resume()
      return
    }
    throw new Error(`Cannot start ${kind.package}: ${said.join('\n')}`)
  }
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(kind.killedBy)
    await exited
  }
  const end = async (): Promise<void> => {
    await kill()
    rmSync(folder, { recursive: true, force: true })
  }
  await start()
  return { port, kill, start, end }
}

function ownerOf(user: string): { uid?: number; gid?: number } {
  const idOf = (flag: string): number =>
    Number(spawnSync('id', [flag, user], { encoding: 'utf8' }).stdout)
  return { uid: idOf('-u'), gid: idOf('-g') }
}
