import type { BodyBytes } from './body-bytes.ts'
import { readCall } from './call.ts'
import type { Endpoint } from './endpoints.ts'
import type { RouteFailures } from './route-failures.ts'
import { itemOperation } from './openapi.ts'
import { readItem } from './read-item.ts'
import { sendResult } from './send-result.ts'
import type { ServedRoute } from './served-route.ts'

/** `POST /NAME`: one item in the body, its result in the answer. */
export function itemEndpoint(
  route: ServedRoute,
  failures: RouteFailures,
  bytes: BodyBytes,
): Endpoint {
  return {
    method: 'POST',
    path: `/${route.name}`,
    operation: itemOperation(route.name),
    handle(request, reply) {
      const item = readItem(request)
      const call = readCall(request, route.keyHeader)
      const held = bytes.take(request.body as Buffer)
      const end = (): void => {
        call.end()
        held.release()
      }
      route.take(item, call, (result) => {
        result
          .then((value) => {
            end()
            sendResult(reply, value)
          })
          .catch((error: unknown) => {
            end()
            failures.answer(reply, error)
          })
      })
    },
  }
}
