import type { FastifyInstance } from 'fastify'
import type { Endpoints } from './endpoints.ts'
import { type Problem, ProblemError } from './problem.ts'

/** All that is not the service's own: what is under it is looked up, since routes come and go. */
export const anyPath = '/*'

/** The parameters of a request for any path: what comes after the first slash, its escapes read. */
export interface AnyPath {
  readonly '*': string
}

/** Bodies under it are not collected: they are read as streams. */
export const streamPath = '/:route/batch'

/** Leads requests to the endpoints of the routes. The door has refused what leads nowhere. */
export function addRouteEndpoints(app: FastifyInstance, endpoints: Endpoints): void {
  app.route<{ Params: AnyPath }>({
    method: ['GET', 'HEAD', 'POST'],
    url: anyPath,
    handler: (request, reply) => {
      const endpoint = endpoints.find(request.method, `/${request.params['*']}`)
      // It was there when the request began to arrive.
      if (endpoint === undefined) throw new ProblemError(gone)
      return endpoint.handle(request, reply)
    },
  })
  app.register((streams, _options, done) => {
    streams.removeAllContentTypeParsers()
    streams.addContentTypeParser('*', (_request, body, keep) => {
      keep(null, body)
    })
    streams.post<{ Params: { route: string } }>(streamPath, (request, reply) => {
      const endpoint = endpoints.find('POST', `/${request.params.route}/batch`)
      if (endpoint === undefined) throw new ProblemError(gone)
      return endpoint.handle(request, reply)
    })
    done()
  })
}

const gone: Problem = {
  status: 404,
  code: 'JITNEY_ROUTE_UNKNOWN',
  detail: 'The route under this path was taken away.',
}
