import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const bin = join(import.meta.dirname, '../packages/cli/dist/bin.js')

/** A `jitney serve` of what was built. */
export interface Served extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>
}

/** Serves a module with this text; on a free port if none is given. */
export async function serveModule(
  text: string,
  { port = 0, token }: { port?: number; token?: string } = {},
): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'jitney-served-'))
  const file = join(folder, 'module.mjs')
  writeFileSync(file, text)
  const service = spawn(process.execPath, [bin, 'serve', file, '--port', `${port}`], {
    env: { ...process.env, ...(token !== undefined && { JITNEY_TOKEN: token }) },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const url = await addressOf(service)
  service.stdout.resume()
  const kill = async (): Promise<void> => {
    const ended = service.exitCode ?? service.signalCode ?? once(service, 'exit')
    service.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  return { url, port: Number(new URL(url).port), kill, [Symbol.asyncDispose]: kill }
}

async function addressOf({ stdout }: ChildProcess): Promise<string> {
  const lines = createInterface(stdout!)
  for await (const line of lines) {
    const address = /http:\/\/\S+/.exec(line)?.[0]
    if (address !== undefined) return address
  }
  throw new Error('Cannot find the address of the service: it ended')
}
