import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

export interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface TestServer {
  readonly url: string
  readonly received: readonly Received[]
  /** Most requests that were open at once, and most connections. */
  readonly most: { requests: number; connections: number }
}

/** A server on a free port of loopback, until the test ends. */
export async function startServer(
  answer: (request: Received, response: ServerResponse) => void,
): Promise<TestServer> {
  const received: Received[] = []
  const most = { requests: 0, connections: 0 }
  let requests = 0
  let connections = 0
  const server = createServer((request, response) => {
    most.requests = Math.max(most.requests, ++requests)
    response.on('close', () => {
      requests -= 1
    })
    void text(request).then((body) => {
      const { method = '', url = '', headers } = request
      const read = { method, url, headers, body }
      received.push(read)
      answer(read, response)
    })
  })
  server.on('connection', () => {
    most.connections = Math.max(most.connections, ++connections)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, received, most }
}

export function sendJson(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(value))
}
