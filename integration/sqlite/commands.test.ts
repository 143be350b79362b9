import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { sqliteTransport } from 'jitney/sqlite'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import { listening, type Running, type RunningService, startJitney } from '../jitney-command.ts'

/** Writes down what it does, and takes so long that a kill meets it at work. */
const squares = `
import { appendFileSync } from 'node:fs'
export default async (numbers) => {
  appendFileSync(process.env.LEDGER, numbers.map((n) => n + '\\n').join(''))
  await new Promise((resolve) => setTimeout(resolve, 50))
  return numbers.map((n) => n * n)
}
`

describe('jitney serve and jitney worker, over a file', () => {
  let folder: string
  let file: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'jitney-file-'))
    file = join(folder, 'queues.db')
    writeFileSync(join(folder, 'squares.mjs'), squares)
    const routes = { squares: { kind: 'remote', sqlite: file } }
    writeFileSync(join(folder, 'jitney.config.json'), JSON.stringify({ port: 0, routes }))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  // Where the binding is that Node 20 needs.
  const jitney = (...parameters: string[]): Running =>
    startJitney(parameters, {
      cwd: import.meta.dirname,
      env: { LEDGER: join(folder, 'ledger') },
    })
  const service = (): Promise<RunningService> =>
    listening(jitney('serve', join(folder, 'jitney.config.json')))
  async function worker(): Promise<Running> {
    const flags = ['--sqlite', file, '--lease', '1500', '--max-batch-size', '10']
    const started = jitney('worker', join(folder, 'squares.mjs'), ...flags)
    await started.says('Working on squares')
    return started
  }
  const post = (url: string, item: unknown): Promise<Response> =>
    fetch(`${url}/squares`, { method: 'POST', body: JSON.stringify(item) })
  const ledger = (): string[] => {
    const path = join(folder, 'ledger')
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []
  }
  async function stats() {
    const transport = sqliteTransport(file, { binding: import.meta.resolve('libsql') })
    const told = await transport.admin('squares').stats()
    await transport.close()
    return told
  }
  const kill = async ({ child, exit }: Running): Promise<void> => {
    child.kill('SIGKILL')
    expect(await exit).toBeNull()
  }

  it('lose nothing that was accepted, whoever is killed', { timeout: 60_000 }, async () => {
    const first = await service()
    const numbers = Array.from({ length: 200 }, (_, n) => n)
    const answers = Promise.allSettled(numbers.map((n) => post(first.url, n)))
    await vi.waitUntil(async () => (await stats()).queued === 200, { timeout: 20_000 })
    await kill(first)
    for (const { status } of await answers) expect(status).toBe('rejected')
    expect(await stats()).toMatchObject({ queued: 200, active: 0 })

    const mortal = await worker()
    await vi.waitUntil(() => ledger().length >= 20, { timeout: 20_000 })
    await kill(mortal)
    expect(ledger().length).toBeLessThan(200)
    expect((await stats()).active).toBeGreaterThan(0)

    const next = await worker()
    const again = await service()
    const asked = await Promise.all([300, 301].map((n) => post(again.url, n)))
    expect(await Promise.all(asked.map((answer) => answer.json()))).toEqual([90_000, 90_601])
    const isDone = async (): Promise<boolean> => {
      const { queued, active, delayed } = await stats()
      return queued + active + delayed === 0
    }
    await vi.waitUntil(isDone, { timeout: 30_000 })
    expect(new Set(ledger())).toEqual(new Set([...numbers, 300, 301].map(String)))
    // Twice only what the worker held that was killed.
    expect(ledger().length).toBeLessThanOrEqual(202 + 20)
    for (const each of [next, again]) {
      each.child.kill('SIGTERM')
      expect(await each.exit).toBe(0)
    }
    expect(await stats()).toMatchObject({ queued: 0, active: 0, dead: 0 })
  })
})
