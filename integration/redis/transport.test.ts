import { Redis } from 'ioredis'
import { type RedisClient, redisTransport } from 'jitney/redis'
import { transportConformance } from 'jitney/testing'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { setTimeout as sleep } from 'node:timers/promises'

import { findService } from '../services.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

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

describe.skipIf(findService('redis-server') === undefined)('redisTransport()', () => {
  beforeAll(async () => {
    server = await startRedis({ appendonly: 'no' })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  describe.each(clients)('over $name', ({ connect }) => {
    const cases = transportConformance({
      lease: 300,
      start: async (bounds) => {
        const { client, flush, end } = await connect()
        await flush()
        return { transport: redisTransport(client, bounds), advance: sleep, end }
      },
    })
    // oxlint-disable-next-line vitest/expect-expect -- each case expects by itself
    it.each(cases)('$name', ({ run }) => run())
  })
})
