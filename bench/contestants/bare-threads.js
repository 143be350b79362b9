import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

const module = new URL('../modules/compute-alone.js', import.meta.url)

/** Threads that share the items evenly beforehand, and are sent nothing but the word to begin. */
export async function create({ size, items }) {
  const threads = Array.from({ length: size }, (_, thread) => {
    const workerData = items.filter((_item, index) => index % size === thread)
    return new Worker(module, { workerData })
  })
  await Promise.all(threads.map((thread) => once(thread, 'online')))
  return async () => {
    const done = threads.map((thread) => once(thread, 'message'))
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads, not windows
    for (const thread of threads) thread.postMessage('begin')
    await Promise.all(done)
  }
}
