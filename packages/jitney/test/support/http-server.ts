import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

import { onTestFinished } from 'vitest'

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface TestServer {
  readonly url: string
  readonly port: number
  readonly received: readonly Received[]
  stop(): Promise<void>
}

/** A server on a port of loopback, a free one unless said, until the test ends. */
export async function startServer(
  answer: (request: Received, response: ServerResponse) => void,
  port = 0,
): Promise<TestServer> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    void text(request).then(
      (body) => {
        const { method = '', url: path = '', headers } = request
        const read = { method, path, headers, body }
        received.push(read)
        answer(read, response)
      },
      () => {},
    )
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const bound = (server.address() as AddressInfo).port
  const stop = async (): Promise<void> => {
    if (!server.listening) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  onTestFinished(stop)
  return { url: `http://127.0.0.1:${bound}`, port: bound, received, stop }
}

export function sendJson(
  response: ServerResponse,
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(value))
}
