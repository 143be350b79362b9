import { createServer } from 'node:http'
import { parentPort } from 'node:worker_threads'

/** In a thread of its own: answers at once, counts, and knows when the first and the last one came. */
let requests = 0
let first = 0
let last = 0
const server = createServer((_, response) => {
  last = performance.now()
  if (requests++ === 0) first = last
  response.end('ok')
})
server.listen(0, '127.0.0.1', 4096, () => {
  const address = server.address()
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  if (typeof address === 'object') parentPort?.postMessage(address?.port)
})
parentPort?.on('message', () => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage({ requests, milliseconds: last - first })
})
