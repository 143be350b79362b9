import { Redis } from 'ioredis'
import { type RedisClient, redisTransport } from 'jitney/redis'
import { type ConformanceCase, transportConformance } from 'jitney/testing'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setTimeout as sleep } from 'node:timers/promises'

import { findService } from '../services.ts'
import { startProxy } from './faults/proxy.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

const valkey = findService('valkey-server')
let server: RedisServer

interface Connected {
  readonly client: RedisClient
  readonly flush: () => Promise<unknown>
  readonly end: () => void
}

const clients = [
  { name: 'node-redis, RESP2', connect: () => nodeRedis(2) },
  { name: 'node-redis, RESP3', connect: () => nodeRedis(3) },
  {
    name: 'ioredis',
    connect: () => {
      const client = new Redis(server.port)
      return Promise.resolve({
        client,
        flush: () => client.flushall(),
        end: () => client.disconnect(),
      })
    },
  },
] as const

async function nodeRedis(RESP: 2 | 3): Promise<Connected> {
  const client = createClient({ url: server.url, RESP })
  await client.connect()
  return { client, flush: () => client.flushAll(), end: () => client.destroy() }
}

function casesOver(connect: () => Promise<Connected>): readonly ConformanceCase[] {
  return transportConformance({
    lease: 300,
    start: async (bounds) => {
      const { client, flush, end } = await connect()
      await flush()
      return { transport: redisTransport(client, bounds), advance: sleep, end }
    },
  })
}

// Where there is none, nothing is counted as skipped: nobody has to have it.
describe.each(valkey === undefined ? [] : [valkey])(
  'redisTransport(), on Valkey: %s',
  (program) => {
    beforeAll(async () => {
      server = await startRedis({ appendonly: 'no' }, { program })
    })
    afterAll(() => server[Symbol.asyncDispose]())

    describe.each(clients)('over $name', ({ connect }) => {
      // oxlint-disable-next-line vitest/expect-expect -- each case expects by itself
      it.each(casesOver(connect))('$name', ({ run }) => run())
    })
  },
)

describe.skipIf(findService('redis-server') === undefined)('redisTransport()', () => {
  beforeAll(async () => {
    server = await startRedis({ appendonly: 'no' })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  describe.each(clients)('over $name', ({ connect }) => {
    // oxlint-disable-next-line vitest/expect-expect -- each case expects by itself
    it.each(casesOver(connect))('$name', ({ run }) => run())
  })

  it('hands out again what a worker claimed without hearing of it', async () => {
    await using proxy = await startProxy(server.port)
    const client = await createClient({ url: `redis://127.0.0.1:${proxy.port}` }).connect()
    client.on('error', () => {})
    const transport = redisTransport(client, { timeout: 200 })
    const worker = transport.worker('lost', 'worker-1', { lease: 500 })
    const never = new AbortController().signal
    const body = new Uint8Array([1])
    const item = { sequence: 1, body, priority: 0, timeToLive: Infinity }
    await transport.client('lost', 'ada').submit([item], [])
    await worker.takeOver([1])
    // The server knows the script from here on, so that the lost answer is that of the claim.
    expect(await worker.claim(1, { wait: 0, signal: never })).toHaveLength(1)
    await worker.release(['ada:1/0'])
    proxy.swallow('answers')
    await expect(worker.claim(1, { wait: 0, signal: never })).rejects.toThrow(
      'No answer from Redis',
    )
    proxy.swallow(undefined)
    expect(await transport.admin('lost').stats()).toMatchObject({ queued: 0, active: 1 })
    // Not before its lease is over, which is the server's to say.
    await expect.poll(() => worker.takeOver([1])).toMatchObject([{ id: 'ada:1' }])
    await worker.close()
    client.destroy()
  })

  it('takes a queue only by a name that is safe in a key', () => {
    const client = { sendCommand: () => {}, duplicate: () => {} } as unknown as RedisClient
    for (const name of ['', 'a b', 'a:b', '{a}']) {
      expect(() => redisTransport(client).admin(name)).toThrow("'queue' must be letters")
    }
  })
})
