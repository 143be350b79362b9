import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { install, type Installation } from './installation.ts'
import { useOfProcesses, useOfRequests, useOfTheLibrary, useOfThreads } from './programs.ts'

const execute = promisify(execFile)
const runtimes = join(import.meta.dirname, 'runtimes/node_modules')
const nodes = [
  { runtime: `Node ${process.versions.node}`, command: [process.execPath] },
  { runtime: 'Node 22', command: [join(runtimes, 'node-22/bin/node')] },
  { runtime: 'Node 24', command: [join(runtimes, 'node-24/bin/node')] },
]
const others = [
  { runtime: 'Bun', command: [join(runtimes, '.bin/bun')] },
  { runtime: 'Deno', command: [join(runtimes, '.bin/deno'), 'run', '--allow-all'] },
]

const batchModule = `
import { defineBatch } from '@jitney/cli'

export const squares = defineBatch(async (numbers: number[]) => numbers.map((number) => number * number))
`

let installation: Installation

beforeAll(() => {
  installation = install()
  writeFileSync(join(installation.folder, 'library.js'), useOfTheLibrary)
  writeFileSync(join(installation.folder, 'processes.js'), useOfProcesses)
  writeFileSync(join(installation.folder, 'threads.js'), useOfThreads)
  writeFileSync(join(installation.folder, 'requests.js'), useOfRequests)
  writeFileSync(join(installation.folder, 'squares.ts'), batchModule)
})
afterAll(() => installation[Symbol.dispose]())

describe.each([...nodes, ...others])('the packed library on $runtime', ({ command }) => {
  it('gives three callers their results from one batch', async () => {
    const { stdout } = await run(command, 'library.js')
    expect(JSON.parse(stdout)).toEqual({ calls: 1, results: [1, 4, 9] })
  })

  it.each(['processes.js', 'threads.js'])('replaces a lost worker, in %s', async (file) => {
    const { stdout } = await run(command, file, process.execPath)
    expect(JSON.parse(stdout)).toEqual({
      before: [1, 4, 9],
      code: 'JITNEY_WORKER_CRASHED',
      exitCode: 3,
      after: 16,
    })
  })

  it('sends one request for four callers, again after 429, and isolates the bad one', async () => {
    const { stdout } = await run(command, 'requests.js')
    expect(JSON.parse(stdout)).toEqual({ results: [1, 4, 400, 16], requests: 6 })
  })
})

describe.each(nodes)('the packed command on $runtime', ({ command }) => {
  const bin = 'node_modules/@jitney/cli/dist/bin.js'

  it('tells its version', async () => {
    const { stdout } = await run(command, bin, '--version')
    expect(stdout.trim()).toBe(version())
  })

  it('serves a TypeScript module and stops on SIGTERM', async () => {
    const [program = '', ...parameters] = command
    const service = spawn(program, [...parameters, bin, 'serve', 'squares.ts', '--port', '0'], {
      cwd: installation.folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const address = await addressOf(service.stdout)
      const response = await fetch(`${address}/squares`, { method: 'POST', body: '12' })
      expect(await response.json()).toBe(144)
      const page = await (await fetch(address)).text()
      for (const [, file] of page.matchAll(/(?:src|href)="(dashboard\/[^"]+)"/g)) {
        expect((await fetch(`${address}/${file}`)).status).toBe(200)
      }
      service.kill('SIGTERM')
      expect(await once(service, 'exit')).toEqual([0, null])
    } finally {
      service.kill('SIGKILL')
    }
  })
})

function run([program = '', ...parameters]: readonly string[], ...more: string[]) {
  return execute(program, [...parameters, ...more], { cwd: installation.folder })
}

function version(): string {
  const manifest = join(import.meta.dirname, '../packages/cli/package.json')
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}

async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(output)) {
    const address = /http:\/\/\S+/.exec(line)?.[0]
    if (address !== undefined) return address
  }
  throw new Error('Cannot find the address of the service: it ended')
}
