import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { redisTransport } from 'jitney/redis'
import { createClient } from 'redis'
import { describe, expect, it, onTestFinished } from 'vitest'

import { findService } from '../services.ts'
import { startRedis } from './redis-server.ts'

const strace = findService('strace')
const count = 200

/** What the server did while items were submitted. */
interface Traced {
  readonly syncs: number
  /** Answers that left while something was written to the file and not synced. */
  readonly early: number
}

describe.skipIf(strace === undefined || findService('redis-server') === undefined)(
  'an accepted item in Redis',
  () => {
    it('is on the disk before it is told, with appendfsync always', async () => {
      const { syncs, early } = await trace('always', 'each')
      expect(syncs).toBeGreaterThanOrEqual(count)
      expect(early).toBe(0)
    })

    it('shares a sync with what comes at the same time', async () => {
      const { syncs, early } = await trace('always', 'together')
      expect(syncs).toBeGreaterThan(0)
      expect(syncs).toBeLessThan(count / 4)
      expect(early).toBe(0)
    })

    // What the first of these looks at can be seen to fail.
    it('is told before that with everysec', async () => {
      const { syncs, early } = await trace('everysec', 'each')
      expect(syncs).toBeLessThan(count / 4)
      expect(early).toBeGreaterThan(count / 2)
    })
  },
)

/** Submits items one after the other or all at once, and reads the server's system calls. */
async function trace(appendfsync: string, mode: 'each' | 'together'): Promise<Traced> {
  const folder = mkdtempSync(join(tmpdir(), 'jitney-fsync-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const log = join(folder, 'strace')
  // -D: the server is the child, so that signals are its own. -y: files by name, sockets as such.
  const calls = 'trace=fsync,fdatasync,write,writev,sendto'
  const by = [strace!, '-D', '-f', '-y', '-e', calls, '-o', log]
  await using server = await startRedis({ appendfsync }, { by })
  const client = await createClient({ url: server.url }).connect()
  const queue = redisTransport(client).client('items', 'ada')
  const submit = async (sequence: number): Promise<void> => {
    const body = new Uint8Array([1])
    await queue.submit([{ sequence, body, priority: 0, timeToLive: Infinity }], [])
  }
  // The server knows the script.
  await submit(1)
  await client.echo('begin')
  const sequences = Array.from({ length: count }, (_, index) => index + 2)
  if (mode === 'each') for (const sequence of sequences) await submit(sequence)
  else await Promise.all(sequences.map(submit))
  await client.echo('end')
  await queue.close()
  client.destroy()
  await expect.poll(() => readFileSync(log, 'utf8')).toContain('"$3\\r\\nend')
  return read(readFileSync(log, 'utf8').split('\n'))
}

function read(lines: readonly string[]): Traced {
  const begin = lines.findIndex((line) => line.includes('"$5\\r\\nbegin'))
  const end = lines.findIndex((line) => line.includes('"$3\\r\\nend'))
  expect(begin).toBeGreaterThan(0)
  expect(end).toBeGreaterThan(begin)
  let syncs = 0
  let early = 0
  let isSynced = true
  for (const line of lines.slice(begin + 1, end)) {
    if (/\b(fsync|fdatasync)\(\d+<[^>]*\.aof>/.test(line)) {
      syncs += 1
      isSynced = true
    } else if (line.includes('.aof>')) isSynced = false
    else if (/<(socket|TCP):/.test(line) && !isSynced) early += 1
  }
  return { syncs, early }
}
