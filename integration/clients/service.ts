import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const bin = join(import.meta.dirname, '../../packages/cli/dist/bin.js')

export interface RunningService {
  readonly url: string
  stop(): Promise<number | null>
}

/** The built `jitney serve` with these routes. */
export async function startService(
  routes: object,
  environment: Readonly<Record<string, string>>,
): Promise<RunningService> {
  const config = join(mkdtempSync(join(tmpdir(), 'jitney-clients-')), 'jitney.config.json')
  writeFileSync(config, JSON.stringify({ port: 0, maxBodySize: 10_000_000, routes }))
  const service = spawn(process.execPath, [bin, 'serve', config], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return { url: await addressOf(service), stop: () => stop(service) }
}

async function addressOf({ stdout }: ChildProcess): Promise<string> {
  const lines = createInterface({ input: stdout! })
  for await (const line of lines) {
    const [, address] = /^Listening on (\S+)$/.exec(line) ?? []
    if (address !== undefined) return address
  }
  throw new Error('The service ended')
}

async function stop(service: ChildProcess): Promise<number | null> {
  const exited = once(service, 'exit')
  service.kill('SIGTERM')
  const [code] = (await exited) as [number | null]
  return code
}
