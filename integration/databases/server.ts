import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

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
  /** Debian's package. */
  readonly package: string
  /** Whom it runs as where this process is root. */
  readonly user: string
  readonly program: string | undefined
  initialize(folder: string): readonly string[]
  parameters(folder: string, port: number): readonly string[]
  readonly ready: RegExp
  readonly killedBy: NodeJS.Signals
}

/** Whether tests may install what is missing, and whether they must run: JITNEY_SERVICES. */
const mode = process.env['JITNEY_SERVICES']
const isRoot = process.getuid?.() === 0

/** Whether there is such a server. Says so where there is none. */
export function hasServer(kind: () => ServerKind): boolean {
  if (kind().program === undefined && (mode === 'install' || mode === 'require') && isRoot) {
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const run = (...parameters: string[]): void => {
      spawnSync('apt-get', parameters, { stdio: 'ignore', env: environment })
    }
    run('update')
    run('install', '--yes', '--no-install-recommends', kind().package)
  }
  if (kind().program !== undefined) return true
  const words = `There is no ${kind().package}: install it, or set JITNEY_SERVICES=install`
  if (mode === 'require') throw new Error(words)
  console.warn(`NOT TESTED. ${words}`)
  return false
}

/** The first of these files that is there. */
export function firstOf(...files: string[]): string | undefined {
  return files.find((file) => existsSync(file))
}

export async function startServer(kind: ServerKind): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'jitney-server-'))
  const owner = isRoot ? ownerOf(kind.user) : {}
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid!)
  const [program = '', ...parameters] = kind.initialize(folder)
  const made = spawnSync(program, parameters, { ...owner, cwd: folder, encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`Cannot make a database: ${made.stderr}${made.stdout}`)
  const port = await freePort()
  let child: ChildProcess | undefined

  const start = async (): Promise<void> => {
    const started = spawn(kind.program!, kind.parameters(folder, port), {
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
