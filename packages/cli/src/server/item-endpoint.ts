import { afterDeparture } from './after-departure.ts'
import type { BodyBytes } from './body-bytes.ts'
import { readCall } from './call.ts'
import type { Endpoint } from './endpoints.ts'
import type { RouteFailures } from './route-failures.ts'
import type { RouteMetrics } from './metrics/metrics.ts'
import { itemOperation } from './openapi.ts'
import { full } from './problem-of.ts'
import { readItem } from './read-item.ts'
import { sendResult } from './send-result.ts'
import type { ServedRoute } from './served-route.ts'

/** `POST /NAME`: one item in the body, its result in the answer. */
export function itemEndpoint(
  route: ServedRoute,
  failures: RouteFailures,
  bytes: BodyBytes,
  metrics: RouteMetrics,
): Endpoint {
  return {
    method: 'POST',
    path: `/${route.name}`,
    operation: itemOperation(route.name),
    refuse() {
      if (!route.refuses()) return undefined
      metrics.answered(0, full.status)
      return full
    },
    handle(request, reply) {
      const item = readItem(request, route.isJsonOnly)
      const call = readCall(request, route.keyHeader)
      const held = bytes.take(request.body as Buffer)
      const since = performance.now()
      const end = (): void => {
        call.end()
        held.release()
      }
      const fail = (error: unknown): void => {
        end()
        const status = failures.answer(reply, error)
        metrics.answered(performance.now() - since, status)
      }
      const succeed = (value: unknown): void => {
        try {
          sendResult(reply, value)
        } catch (error) {
          fail(error)
          return
        }
        end()
        metrics.answered(performance.now() - since, reply.statusCode)
      }
      // One reaction, not `then` and `catch`: each is a promise and a job more per request.
      route.take(item, call, (result) => {
        result.then(
          (value) => afterDeparture(() => succeed(value)),
          (error: unknown) => afterDeparture(() => fail(error)),
        )
      })
    },
  }
}
