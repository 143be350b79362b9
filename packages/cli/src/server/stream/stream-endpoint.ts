import { answerHeaders } from '../answer-headers.ts'
import type { BodyBytes } from '../body-bytes.ts'
import type { ServerResponse } from 'node:http'
import type { Endpoint } from '../endpoints.ts'
import { readCall } from '../call.ts'
import type { RouteMetrics } from '../metrics/metrics.ts'
import { streamOperation } from '../openapi.ts'
import { sendProblem } from '../problem.ts'
import { busy } from '../problem-of.ts'
import type { RouteFailures } from '../route-failures.ts'
import type { ServedRoute } from '../served-route.ts'
import type { ServiceSettings } from '../service-options.ts'
import { answerStream } from './answer-stream.ts'
import { readCuts } from './read-cuts.ts'
import type { Streams } from './streams.ts'

/**
 * `POST /NAME/batch`: a line for each item, as soon as its result is there, and a last line that
 * says how many there were, without which the answer is incomplete.
 *
 * The body is read no faster than its items are done and the answers taken: what the service holds
 * of it is bounded, however long it is.
 */
export function streamEndpoint(
  route: ServedRoute,
  failures: RouteFailures,
  streams: Streams,
  bytes: BodyBytes,
  metrics: RouteMetrics,
  { maxBodySize, requestTimeout }: ServiceSettings,
): Endpoint {
  return {
    method: 'POST',
    path: `/${route.name}/batch`,
    operation: streamOperation(route.name),
    handle(request, reply) {
      const call = readCall(request, route.keyHeader)
      const { socket } = request.raw
      const leave = streams.enter(socket)
      if (leave === undefined) {
        call.end()
        sendProblem(reply, busy)
        return
      }
      const cuts = readCuts(request.raw, {
        type: request.headers['content-type'],
        maxItemSize: maxBodySize,
        idleTimeout: requestTimeout,
        closing: streams.closing,
        deadline: call.options.signal!,
      })
      const { raw } = reply
      reply.hijack()
      raw.writeHead(200, {
        ...answerHeaders(reply),
        'content-type': 'application/x-ndjson; charset=utf-8',
      })
      raw.flushHeaders()
      answerStream({
        route,
        failures,
        call,
        cuts,
        bytes,
        metrics,
        out: raw,
        requestId: request.id,
        patience: requestTimeout,
      })
        // Not the request, which is destroyed already once its body was read.
        .catch(() => raw.destroy())
        .finally(() => {
          call.end()
          leave()
          // Nobody reads the rest of the body.
          if (!request.raw.complete) afterwards(raw, () => request.raw.destroy())
        })
    },
  }
}

/** Once all that was written has left. */
function afterwards(out: ServerResponse, callback: () => void): void {
  if (out.writableFinished) callback()
  else out.once('finish', callback)
}
