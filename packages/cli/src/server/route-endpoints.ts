import type { FastifyInstance } from 'fastify'
import type { Endpoints } from './endpoints.ts'
import { type Problem, ProblemError } from './problem.ts'

/** All that is not the service's own: what is under it is looked up, since routes come and go. */
export const anyPath = '/*'

/** The parameters of a request for any path: what comes after the first slash, its escapes read. */
export interface AnyPath {
  readonly '*': string
}

/** Leads requests to the endpoints of the routes. The door has refused what leads nowhere. */
export function addRouteEndpoints(app: FastifyInstance, endpoints: Endpoints): void {
  app.route<{ Params: AnyPath }>({
    method: ['GET', 'HEAD', 'POST'],
    url: anyPath,
    handler: (request, reply) => {
      const handle = endpoints.find(request.method, `/${request.params['*']}`)
      // It was there when the request began to arrive.
      if (handle === undefined) throw new ProblemError(gone)
      return handle(request, reply)
    },
  })
}

const gone: Problem = {
  status: 404,
  code: 'JITNEY_ROUTE_UNKNOWN',
  detail: 'The route under this path was taken away.',
}
