import { parentPort, workerData } from 'node:worker_threads'
import compute from './compute.js'

// What a thread can do at best: one message for all of its items.
parentPort?.on('message', () => {
  compute(workerData)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage('done')
})
