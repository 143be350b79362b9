import { Queue, QueueEvents, Worker } from 'bullmq'
import { Batcher } from 'jitney'

import { concurrency, type Engine, maxBatchSize, name } from './engine.ts'

/** Milliseconds until a call has failed, which the benchmark then says. */
const longest = 20_000

/** As its users wait for results; a worker takes as many jobs as ours takes items, into a batcher. */
export const engine: Engine = {
  async client(url) {
    const connection = connectionOf(url)
    // Who reads slower than 10,000 events would wait for ever for those that were trimmed.
    const streams = { events: { maxLen: 1_000_000 } }
    const queue = new Queue<number, number>(name, { connection, streams })
    const events = new QueueEvents(name, { connection })
    // Listeners for each job that is waited for.
    queue.setMaxListeners(0)
    events.setMaxListeners(0)
    await Promise.all([queue.waitUntilReady(), events.waitUntilReady()])
    // A job that is gone cannot be waited for.
    const options = { removeOnComplete: { count: 10_000 } }
    return {
      process: async (number) =>
        (await queue.add('job', number, options)).waitUntilFinished(events, longest),
      close: async () => {
        await Promise.all([queue.close(), events.close()])
      },
    }
  },
  async work(url, double) {
    const batcher = new Batcher<number, number>(double, { maxBatchSize, concurrency })
    const worker = new Worker<number, number>(name, (job) => batcher.process(job.data), {
      connection: connectionOf(url),
      concurrency: maxBatchSize * (concurrency + 1),
    })
    await worker.waitUntilReady()
    return { close: () => worker.close() }
  },
}

function connectionOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) }
}
