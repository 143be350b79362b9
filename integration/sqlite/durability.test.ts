import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { sqliteTransport } from 'jitney/sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'

import { findService } from '../services.ts'
import { type Program, start, startWith } from './process.ts'

interface Executed {
  readonly number: number
  readonly id: string
  readonly attempt: number
}

interface Resolved {
  readonly number: number
  readonly result?: number
  readonly error?: string
}

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jitney-sqlite-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  return join(folder, 'queues.db')
}

/** Killed with the test, whatever came of it. */
function started(...parameters: Parameters<typeof start>): Program {
  const program = start(...parameters)
  onTestFinished(async () => {
    await program.kill('SIGKILL')
  })
  return program
}

async function statsOf(file: string): Promise<Record<string, unknown>> {
  const transport = sqliteTransport(file, { binding: import.meta.resolve('libsql') })
  const stats = await transport.admin('squares').stats()
  await transport.close()
  return { ...stats }
}

function numbersOf(records: readonly { readonly number: number }[]): number[] {
  return records.map(({ number }) => number).sort((one, other) => one - other)
}

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index)
}

describe('what a file has accepted', () => {
  it('is worked on though its client was killed', async () => {
    const file = newFile()
    const client = started('client', file, 1, 300, 300)
    await client.said((line) => line === 'accepted')
    await client.kill('SIGKILL')
    expect(await statsOf(file)).toMatchObject({ queued: 300 })
    const worker = started('worker', file, 2000)
    const last = JSON.stringify({ number: 300 }).slice(0, -1)
    await worker.said((line) => line.startsWith(last))
    worker.child.kill('SIGTERM')
    expect(await worker.ended).toBe(0)
    const executed = worker.records<Executed>()
    expect(numbersOf(executed)).toEqual(range(1, 300))
    expect(new Set(executed.map(({ id }) => id)).size).toBe(300)
    expect(await statsOf(file)).toMatchObject({ queued: 0, active: 0, delayed: 0, dead: 0 })
  })

  it('is worked on again when a worker was killed by it, and is a dead letter in the end', async () => {
    const file = newFile()
    const killer = 40
    const client = started('client', file, 1, 100, 100)
    const workers: Program[] = []
    for (let lives = 0; lives < 5; lives += 1) {
      const worker = started('worker', file, 600, killer, 'SIGKILL')
      workers.push(worker)
      expect(await worker.ended).toBe('SIGKILL')
    }
    workers.push(started('worker', file, 600, killer, 'SIGKILL'))
    expect(await client.ended).toBe(0)
    const resolved = client.records<Resolved>()
    expect(numbersOf(resolved)).toEqual(range(1, 100))
    for (const { number, result, error } of resolved) {
      expect({ result, error }).toEqual(
        number === killer
          ? { result: undefined, error: 'JITNEY_REMOTE_GIVEN_UP' }
          : { result: number ** 2, error: undefined },
      )
    }
    const attempts = workers
      .flatMap((worker) => worker.records<Executed>())
      .filter(({ number }) => number === killer)
      .map(({ attempt }) => attempt)
    expect(attempts).toEqual([1, 2, 3, 4, 5])
    expect(await statsOf(file)).toMatchObject({ dead: 1, queued: 0, active: 0 })
  })

  it('is not stolen back by a worker that stood still', async () => {
    const file = newFile()
    const still = started('worker', file, 600, 1, 'SIGSTOP')
    const client = started('client', file, 1, 400, 400)
    await still.said((line) => line.startsWith('{"number":1,'))
    const other = started('worker', file, 600)
    expect(await client.ended).toBe(0)
    const begun = numbersOf(still.records<Executed>())
    still.child.kill('SIGCONT')
    still.child.kill('SIGTERM')
    expect(await still.ended).toBe(0)
    const resolved = client.records<Resolved>()
    expect(numbersOf(resolved)).toEqual(range(1, 400))
    for (const { number, result } of resolved) expect(result).toBe(number ** 2)
    // What it had not started it did not start any more.
    expect(numbersOf(still.records<Executed>())).toEqual(begun)
    expect(numbersOf(other.records<Executed>())).toEqual(range(1, 400))
    other.child.kill('SIGTERM')
    expect(await other.ended).toBe(0)
    expect(await statsOf(file)).toMatchObject({ remembered: 0, dead: 0, workers: [] })
  })

  it('is shared by several clients and workers, each item worked on once', async () => {
    const file = newFile()
    const workers = [started('worker', file, 20_000), started('worker', file, 20_000)]
    const clients = [0, 1000].map((first) => started('client', file, first, 1000, 100))
    for (const client of clients) expect(await client.ended).toBe(0)
    for (const worker of workers) {
      worker.child.kill('SIGTERM')
      expect(await worker.ended).toBe(0)
    }
    const resolved = clients.flatMap((client) => client.records<Resolved>())
    expect(numbersOf(resolved)).toEqual(range(0, 2000))
    for (const { number, result } of resolved) expect(result).toBe(number ** 2)
    const executed = workers.flatMap((worker) => worker.records<Executed>())
    expect(numbersOf(executed)).toEqual(range(0, 2000))
    expect(await statsOf(file)).toMatchObject({ remembered: 0, dead: 0, workers: [] })
  })
})

describe.skipIf(findService('strace') === undefined)('a commit', () => {
  const count = 200

  it('is on the disk before it is told: as many syncs as submissions', async () => {
    expect(await syncsOf('each')).toBeGreaterThanOrEqual(count)
  })

  it('is shared by what comes while another is under way', async () => {
    const syncs = await syncsOf('together')
    expect(syncs).toBeGreaterThan(0)
    expect(syncs).toBeLessThan(count / 4)
  })

  /** How often it was synced between the first and the last submission. */
  async function syncsOf(mode: string): Promise<number> {
    const file = newFile()
    const log = `${file}.strace`
    const calls = 'trace=fsync,fdatasync,write'
    const trace = ['strace', '-f', '-e', calls, '-o', log, process.execPath] as const
    const program = startWith([...trace], 'submit', file, count, mode)
    onTestFinished(async () => {
      await program.kill('SIGKILL')
    })
    expect(await program.ended).toBe(0)
    const lines = readFileSync(log, 'utf8').split('\n')
    const begin = lines.findIndex((line) => line.includes('"begin'))
    const end = lines.findIndex((line) => line.includes('"end'))
    expect(begin).toBeGreaterThan(0)
    const between = lines.slice(begin, end)
    return between.filter((line) => /\b(fsync|fdatasync)\(/.test(line)).length
  }
})
