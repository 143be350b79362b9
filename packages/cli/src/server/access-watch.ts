import type { FastifyReply, FastifyRequest } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AccessEntry } from '../log/access-entry.ts'
import { anyPath, streamPath } from './route-endpoints.ts'

/** nginx's word for a client that went before its answer. */
const clientClosed = 499

/** Tells of a request when it has ended, by its answer or its connection. To be called before all else. */
export function watchAccess(
  request: FastifyRequest,
  { raw }: FastifyReply,
  heard: (entry: AccessEntry) => void,
  isKnown: (path: string) => boolean,
): void {
  const since = performance.now()
  const bytesIn = countArriving(request.raw)
  const bytesOut = countLeaving(raw)
  raw.once('close', () => {
    const complete = raw.writableFinished
    heard({
      requestId: request.id,
      method: request.method,
      route: routeOf(request, isKnown),
      status: complete || raw.headersSent ? raw.statusCode : clientClosed,
      duration: performance.now() - since,
      bytesIn: bytesIn(),
      bytesOut: bytesOut(),
      complete,
    })
  })
}

/** Of a path that nothing answers only that is told. */
function routeOf(
  { routeOptions, params }: FastifyRequest,
  isKnown: (path: string) => boolean,
): string | undefined {
  const { url } = routeOptions
  if (url === streamPath) return known(`/${(params as { route: string }).route}/batch`, isKnown)
  return url === anyPath ? known(`/${(params as { '*': string })['*']}`, isKnown) : url
}

function known(path: string, isKnown: (path: string) => boolean): string | undefined {
  return isKnown(path) ? path : undefined
}

/** Counts the bytes of a body as they arrive, without their chunks' heads and without reading them. */
function countArriving(request: IncomingMessage): () => number {
  let bytes = 0
  const push = request.push.bind(request)
  request.push = (chunk: unknown, encoding) => {
    if (chunk instanceof Uint8Array) bytes += chunk.length
    return push(chunk, encoding)
  }
  return () => bytes
}

/** Counts the bytes of a body that are written, without their chunks' heads. */
function countLeaving(response: ServerResponse): () => number {
  let bytes = 0
  const count = (chunk: unknown): void => {
    if (typeof chunk === 'string') bytes += Buffer.byteLength(chunk)
    else if (chunk instanceof Uint8Array) bytes += chunk.length
  }
  const write = response.write.bind(response) as (...given: unknown[]) => boolean
  const end = response.end.bind(response) as (...given: unknown[]) => ServerResponse
  let isEnding = false
  response.write = (...given: unknown[]) => {
    // What Node's `end` writes by itself was counted there.
    if (!isEnding) count(given[0])
    return write(...given)
  }
  response.end = (...given: unknown[]) => {
    count(given[0])
    isEnding = true
    return end(...given)
  }
  return () => bytes
}
