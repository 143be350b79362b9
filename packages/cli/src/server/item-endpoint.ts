import { readCall } from './call.ts'
import type { Endpoint } from './endpoints.ts'
import type { RouteFailures } from './route-failures.ts'
import { readItem } from './read-item.ts'
import { sendResult } from './send-result.ts'
import type { ServedRoute } from './served-route.ts'

/** `POST /NAME`: one item in the body, its result in the answer. */
export function itemEndpoint(route: ServedRoute, failures: RouteFailures): Endpoint {
  return {
    method: 'POST',
    path: `/${route.name}`,
    handle(request, reply) {
      const item = readItem(request)
      const call = readCall(request, route.keyHeader)
      route.take(item, call, (result) => {
        result
          .then((value) => {
            call.end()
            sendResult(reply, value)
          })
          .catch((error: unknown) => {
            call.end()
            failures.answer(reply, error)
          })
      })
    },
  }
}
