/**
 * Sends items through a Redis and looks at all that is in it meanwhile: it must be bounded by what is
 * outstanding, however many there were. Some items are tried again, some are given up, and some callers
 * leave. Option: --items.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'

import { outcome } from 'jitney'
import { redisTransport } from 'jitney/redis'
import { BatchWorker, RemoteBatcher } from 'jitney/remote'
import { createClient } from 'redis'

import { startRedis } from '../redis-server.ts'

export const outstanding = 256
export const maxDeadLetters = 20
const clients = 2

export interface BoundedRun {
  readonly items: number
  readonly samples: number
  /** The most that was seen of each: entries by key, keys, and bytes of memory by quarters of the run. */
  readonly entries: Readonly<Record<string, number>>
  readonly keys: number
  readonly memory: readonly number[]
  /** What became of the items. */
  readonly done: number
  readonly givenUp: number
  readonly left: number
  /** Dead letters at the end; keys once these are removed, and all have closed. */
  readonly dead: number
  readonly rest: readonly string[]
}

export async function runBounded(items: number): Promise<BoundedRun> {
  await using server = await startRedis({ appendonly: 'no' })
  const connection = await createClient({ url: server.url }).connect()
  const transport = redisTransport(connection, { maxDeadLetters })
  const worker = new BatchWorker(
    'bounded',
    (numbers: number[], { entries }) =>
      numbers.map((n, place) => {
        if (n % 2000 === 1 || (n % 200 === 2 && entries[place]!.attempt === 1))
          return outcome.retry()
        return n * 2
      }),
    { transport, concurrency: 4, maxDeliveries: 2, retry: { minDelay: 10 } },
  )
  const batchers = Array.from(
    { length: clients },
    () => new RemoteBatcher<number, number>('bounded', { transport }),
  )
  const counts = { done: 0, givenUp: 0, left: 0 }
  let next = 0
  const ask = async (batcher: RemoteBatcher<number, number>): Promise<void> => {
    for (let n = next++; n < items; n = next++) {
      const leaving = n % 500 === 3 ? AbortSignal.timeout(1) : undefined
      try {
        const result = await batcher.process(n, { signal: leaving })
        if (result !== n * 2) throw new Error(`${n} became ${result}`)
        counts.done += 1
      } catch (error) {
        const { code } = error as { code?: unknown }
        if (code === 'JITNEY_REMOTE_GIVEN_UP') counts.givenUp += 1
        else if (leaving?.aborted) counts.left += 1
        else throw error
      }
    }
  }

  const entries: Record<string, number> = {}
  const memory = [0, 0, 0, 0]
  let keys = 0
  let samples = 0
  const over = new AbortController()
  const look = async (): Promise<void> => {
    const names = await connection.keys('*')
    keys = Math.max(keys, names.length)
    const lengths = await Promise.all(names.map(lengthOf))
    for (const [place, name] of names.entries()) {
      // Those of all clients by one name.
      const short = name.replace('{jitney:bounded}:', '').replace(/:.*/, '')
      entries[short] = Math.max(entries[short] ?? 0, lengths[place]!)
    }
    const used = Number(/used_memory:(\d+)/.exec(await connection.info('memory'))?.[1])
    const quarter = Math.min(3, Math.floor((next / items) * 4))
    memory[quarter] = Math.max(memory[quarter]!, used)
    samples += 1
  }
  const lengthOf = async (key: string): Promise<number> => {
    const type = await connection.type(key)
    if (type === 'zset') return connection.zCard(key)
    if (type === 'hash') return connection.hLen(key)
    if (type === 'stream') return connection.xLen(key)
    // It is gone, or the counter.
    return type === 'none' ? 0 : 1
  }
  const watching = (async () => {
    while (!over.signal.aborted) {
      await look()
      await sleep(50)
    }
  })()
  await Promise.all(
    batchers.flatMap((batcher) => Array.from({ length: outstanding }, () => ask(batcher))),
  )
  for (const batcher of batchers) await batcher.close()
  await worker.close()
  over.abort()
  await watching
  const admin = transport.admin('bounded')
  const letters = await admin.deadLetters(1000)
  await admin.removeDeadLetters(letters.map(({ id }) => id))
  await admin.close()
  const rest = (await connection.keys('*')).sort()
  connection.destroy()
  return { items, samples, entries, keys, memory, ...counts, dead: letters.length, rest }
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { items: { type: 'string', default: '1000000' } } })
  const since = performance.now()
  console.log(await runBounded(Number(values.items)))
  console.log(`${Math.round((performance.now() - since) / 1000)} s`)
}
