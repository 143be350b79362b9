import {
  aboveZero,
  count,
  type Guard,
  fields,
  guard,
  has,
  optional,
} from '../../platform/guards.ts'
import type { Transport } from '../transport.ts'
import { checkServer } from './check-server.ts'
import { connectionOf, type RedisClient } from './redis-client.ts'
import { ManagedConnection } from './managed-connection.ts'
import { QueueLink } from './queue-link.ts'
import { RedisQueueAdmin } from './redis-queue-admin.ts'
import { RedisQueueClient } from './redis-queue-client.ts'
import { RedisQueueWorker } from './redis-queue-worker.ts'

/** Options of `redisTransport`. Durations are milliseconds. */
export interface RedisTransportOptions {
  /**
   * Most items of a queue that are not done: an integer of at least 1, or `Infinity`. The same for all
   * who use the queue.
   * @default 100_000
   */
  readonly maxItems?: number | undefined
  /**
   * Most bytes of replies that one client has not settled: above 0, or `Infinity`. A client over it
   * can submit nothing.
   * @default 67_108_864
   */
  readonly maxReplyBytes?: number | undefined
  /**
   * Most dead letters of a queue: an integer of at least 1, or `Infinity`. Beyond that the
   * oldest go. The same for all who use the queue.
   * @default 10_000
   */
  readonly maxDeadLetters?: number | undefined
  /**
   * For how long ids and replies are kept for a client that says nothing: an integer of at least 1.
   * @default 600_000
   */
  readonly retention?: number | undefined
  /**
   * How long an answer of the server may take: above 0.
   * @default 10_000
   */
  readonly timeout?: number | undefined
}

export type RedisSettings = {
  readonly [Name in keyof RedisTransportOptions]-?: NonNullable<RedisTransportOptions[Name]>
}

const creating = 'create redisTransport'

const readSettings: Guard<RedisSettings> = /* @__PURE__ */ fields({
  maxItems: /* @__PURE__ */ optional(count, 100_000),
  maxReplyBytes: /* @__PURE__ */ optional(aboveZero, 67_108_864),
  maxDeadLetters: /* @__PURE__ */ optional(count, 10_000),
  retention: /* @__PURE__ */ optional(count, 600_000),
  timeout: /* @__PURE__ */ optional(aboveZero, 10_000),
})

const checkClient: Guard<RedisClient> = /* @__PURE__ */ guard<RedisClient>(
  'a client of node-redis or ioredis',
  (value) => has(value, 'duplicate') && (has(value, 'sendCommand') || has(value, 'callBuffer')),
)

/**
 * Queues in Redis 6.2 or later, or Valkey, for clients and workers on many machines.
 *
 * - **Each step is one script** on the server, which nobody sees in the middle. Times are the server's.
 * - **One queue is one slot** of a cluster: its keys share a hash tag.
 * - **What is kept** depends on the server: with `appendonly yes` and `appendfsync always` an accepted
 *   item outlives power loss, with `everysec` the process of the server, but for a second of it.
 * - **Connections.** The client is yours and is not closed; what is sent goes over duplicates of it: one
 *   for all, and one for each client and worker of a queue for calls that wait. One that says nothing
 *   for too long is replaced.
 * - **Memory.** The server must not throw anything away: a `maxmemory-policy` other than `noeviction`
 *   is warned of.
 *
 * @param client of node-redis (5 or later), ioredis or iovalkey, connected.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts no-run
 * import { createClient } from '@redis/client'
 * import { RemoteBatcher } from 'jitney/remote'
 * import { redisTransport } from 'jitney/redis'
 *
 * const client = await createClient({ url: 'redis://127.0.0.1:6379' }).connect()
 * const transport = redisTransport(client)
 * const squares = new RemoteBatcher<number, number>('squares', { transport })
 * await squares.process(3)
 * ```
 */
export function redisTransport(client: RedisClient, options?: RedisTransportOptions): Transport {
  const given = connectionOf(checkClient(creating, 'client', client))
  const settings = readSettings(creating, 'options', options)
  const connection = new ManagedConnection(given, settings.timeout)
  let checked: Promise<void> | undefined
  const ready = async (): Promise<void> => {
    checked ??= checkServer(connection)
    try {
      await checked
    } catch (error) {
      // A server that was away may be back.
      checked = undefined
      throw error
    }
  }
  const linkTo = (queue: string): QueueLink =>
    new QueueLink(queue, connection, given, settings, ready)
  return {
    retention: settings.retention,
    client: (queue, name) => new RedisQueueClient(linkTo(queue), name),
    worker: (queue, name, { lease }) => new RedisQueueWorker(linkTo(queue), name, lease),
    admin: (queue) => new RedisQueueAdmin(linkTo(queue)),
  }
}
