import { redisTransport } from 'jitney/redis'
import { BatchWorker, RemoteBatcher } from 'jitney/remote'
import { createClient } from 'redis'

import { concurrency, type Engine, maxBatchSize, name } from './engine.ts'

export const engine: Engine = {
  async client(url) {
    const client = await createClient({ url }).connect()
    const batcher = new RemoteBatcher<number, number>(name, { transport: redisTransport(client) })
    return {
      process: (number) => batcher.process(number),
      close: async () => {
        await batcher.close()
        client.destroy()
      },
    }
  },
  async work(url, double) {
    const client = await createClient({ url }).connect()
    const transport = redisTransport(client)
    const worker = new BatchWorker(name, double, { transport, maxBatchSize, concurrency })
    return {
      close: async () => {
        await worker.close()
        client.destroy()
      },
    }
  },
}
