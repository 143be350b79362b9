/** Queues in Redis or Valkey, for `jitney/remote`. */
export type { IoredisClient, NodeRedisClient, RedisClient } from './redis-client.ts'
export { redisTransport, type RedisTransportOptions } from './redis-transport.ts'
