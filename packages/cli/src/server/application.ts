import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Registry } from 'prom-client'
import { fastify, type FastifyInstance } from 'fastify'
import { dashboardFiles } from '../dashboard/files.ts'
import { watchAccess } from './access-watch.ts'
import { answerHeaders } from './answer-headers.ts'
import { answerClientError } from './client-error.ts'
import { Connections } from './connections.ts'
import { door, isStream } from './door.ts'
import { Endpoints } from './endpoints.ts'
import type { FailureLog } from './failure-log.ts'
import { addProbeEndpoints } from './probe-endpoints.ts'
import { describeService } from './openapi.ts'
import { version } from '../version.ts'
import { ProblemError, sendProblem } from './problem.ts'
import { problemOfRequest } from './problem-of.ts'
import { collectBodies, simplifyContentType } from './read-item.ts'
import { requestId } from './request-id.ts'
import { addRouteEndpoints } from './route-endpoints.ts'
import type { ServiceSettings } from './service-options.ts'
import { refuseSlowBodies } from './slow-bodies.ts'
import type { Streams } from './stream/streams.ts'
import { addDashboardEndpoints } from './watch/dashboard-endpoints.ts'
import type { StatsStream } from './watch/stats-stream.ts'

/** Longer than proxies keep a connection to us, so that they close it and no request meets a closing one. */
const keepAliveTimeout = 72_000
/** Without `/`: whoever sends an item there is told which routes there are. */
const ownPaths = [
  '/healthz',
  '/readyz',
  '/stats',
  '/stats/stream',
  '/metrics',
  '/openapi.json',
  ...dashboardFiles()
    .map(({ path }) => path)
    .filter((path) => path !== '/'),
]
const own = new Map(ownPaths.map((path) => [path, ['GET', 'HEAD']]))

export interface Application {
  readonly app: FastifyInstance
  readonly connections: Connections
  /** What the routes answer; to be filled. */
  readonly endpoints: Endpoints
}

export interface ApplicationParts {
  readonly settings: ServiceSettings
  readonly streams: Streams
  readonly failures: FailureLog
  readonly state: () => 'starting' | 'open' | 'closing'
  readonly stats: () => Promise<object>
  /** Whether what the routes need can be reached. */
  readonly look: () => Promise<boolean>
  readonly metrics: Registry
  readonly watch: StatsStream
  /** Who is told now of each request that has ended. */
  readonly access: () => ServiceSettings['onAccess']
}

/** Puts the HTTP side together: the door, the endpoints, and an answer to everything else. */
export function createApplication({
  settings,
  streams,
  failures,
  state,
  stats,
  look,
  metrics,
  watch,
  access,
}: ApplicationParts): Application {
  const { maxBodySize } = settings
  // Node takes whole milliseconds, and 0 for no limit.
  const requestTimeout = Number.isFinite(settings.requestTimeout)
    ? Math.ceil(settings.requestTimeout)
    : 0
  const app = fastify({
    bodyLimit: maxBodySize,
    keepAliveTimeout,
    // Streams take longer, so it is we who look at the time: `refuseSlowBodies`.
    requestTimeout: 0,
    requestIdHeader: false,
    genReqId: requestId,
    return503OnClosing: false,
    http: {
      // The door looks at it, and says so like any problem.
      requireHostHeader: false,
      headersTimeout: requestTimeout,
      connectionsCheckingInterval: Math.ceil(Math.min(30_000, settings.requestTimeout / 4)),
    },
    clientErrorHandler: (error, socket) =>
      answerClientError(error, socket, connections.mayAnswer(socket)),
    frameworkErrors: (error, _request, reply) =>
      sendProblem(reply, problemOfRequest(error, maxBodySize)),
  })
  const connections = new Connections(app.server)
  refuseSlowBodies(app, connections, streams, settings.requestTimeout)
  const endpoints = new Endpoints(own)
  const isKnown = (path: string): boolean => endpoints.methodsOf(path) !== undefined
  const refusalOf = door({ ...settings, endpoints, state })
  inviteOnlyBodiesThatFit(app, maxBodySize)

  app.addHook('onRequest', (request, reply, done) => {
    const heard = access()
    if (heard !== undefined) watchAccess(request, reply, heard, isKnown)
    if (losesWhatFollows(request.raw)) void reply.header('connection', 'close')
    const { url } = request.routeOptions
    simplifyContentType(request.raw.headers, isStream(url))
    const refusal = refusalOf(request, url)
    if (refusal === undefined) done()
    else sendProblem(reply, refusal)
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    void reply.headers(answerHeaders(reply))
    done(null, payload)
  })
  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    const problem =
      error instanceof ProblemError ? error.problem : problemOfRequest(error, maxBodySize)
    if (problem.status >= 500) failures.report('The service failed', error, request.id)
    sendProblem(reply, problem)
  })
  collectBodies(app)
  addProbeEndpoints(app, stats, look)
  app.get('/stats/stream', (request, reply) => watch.handle(request, reply))
  addDashboardEndpoints(app, settings.token !== '')
  app.get('/metrics', async (_request, reply) => {
    await look()
    return reply.type(metrics.contentType).send(await metrics.metrics())
  })
  app.get('/openapi.json', (_request, reply) =>
    reply.send(describeService(endpoints.all, version, settings.token !== '')),
  )
  addRouteEndpoints(app, endpoints)
  return { app, connections, endpoints }
}

/**
 * Says 100, unless answers to earlier requests are due: Node would put the head of this answer before
 * what was written until its turn, and the invitation into its body. Without one, Node closes the
 * connection after the answer.
 */
function invite(response: ServerResponse): void {
  if (response.socket !== null) response.writeContinue()
}

/**
 * Node's parser drops what was read behind the body of a request that asks for another protocol,
 * though nobody switches. Who asks for HTTP/2 waits for the answer and sends nothing behind it.
 */
function losesWhatFollows(request: IncomingMessage): boolean {
  return request.headers.upgrade !== undefined && request.headers['http2-settings'] === undefined
}

/** A client that asks before it sends is told that its body is too large without sending it. */
function inviteOnlyBodiesThatFit({ server }: FastifyInstance, maxBodySize: number): void {
  server.on('checkContinue', (request, response) => {
    if (!(Number(request.headers['content-length']) > maxBodySize)) invite(response)
    server.emit('request', request, response)
  })
  // An expectation that nobody knows may be ignored.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
}
