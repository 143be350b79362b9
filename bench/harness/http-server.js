import { createServer } from 'node:http'
import { parentPort } from 'node:worker_threads'

/** In a thread of its own: answers after as many milliseconds as the path says, 0 at once. */
const server = createServer((request, response) => {
  const delay = Number(request.url?.slice(1))
  if (delay === 0) response.end('ok')
  else setTimeout(() => response.end('ok'), delay)
})
server.listen(0, '127.0.0.1', 4096, () => {
  const address = server.address()
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  if (typeof address === 'object') parentPort?.postMessage(address?.port)
})
