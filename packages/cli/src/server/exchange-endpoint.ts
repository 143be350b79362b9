import type { FastifyReply } from 'fastify'
import type { Protocol, ProtocolAnswer } from '../kinds/protocol.ts'
import type { BodyBytes } from './body-bytes.ts'
import { readCall } from './call.ts'
import type { Endpoint } from './endpoints.ts'
import type { RouteMetrics } from './metrics/metrics.ts'
import { type Problem, ProblemError } from './problem.ts'
import type { RouteFailures } from './route-failures.ts'
import type { ServedRoute } from './served-route.ts'
import { sharedSignal } from './shared-signal.ts'

/** The endpoints of a route that speaks an API of its own. */
export function exchangeEndpoints(
  route: ServedRoute,
  protocol: Protocol,
  failures: RouteFailures,
  bytes: BodyBytes,
  metrics: RouteMetrics,
): readonly Endpoint[] {
  const sendProblem = protocol.problem && problemSender(protocol.problem)
  const fail = (reply: FastifyReply, error: unknown): number =>
    failures.answer(reply, error, sendProblem)

  const exchange = (path: string): Endpoint => ({
    method: 'POST',
    path,
    operation: protocol.operation,
    handle(request, reply) {
      try {
        const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0)
        const { items, answer } = protocol.read({ headers: request.headers, body })
        const call = readCall(request, route.keyHeader)
        const held = bytes.take(body)
        const since = performance.now()
        const answered = (status: number): void => {
          const duration = performance.now() - since
          items.forEach(() => metrics.answered(duration, status))
        }
        const shared = sharedSignal(call.options.signal!)
        const options = { ...call.options, signal: shared.signal }
        route.takeAll(items, { ...call, options }, (results) => {
          Promise.all(results)
            .then((values) => {
              send(reply, answer(values))
              answered(reply.statusCode)
            })
            .catch((error: unknown) => {
              answered(fail(reply, error))
              shared.abort()
            })
            .finally(() => {
              shared.end()
              call.end()
              held.release()
            })
        })
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error
        fail(reply, error)
      }
    },
  })
  const pages = Object.entries(protocol.pages ?? {}).map(([path, page]): Endpoint => ({
    method: 'GET',
    path,
    operation: { summary: `About ${route.name}` },
    async handle(_request, reply) {
      try {
        await reply.send(await page())
      } catch (error) {
        fail(reply, error)
      }
    },
  }))
  return [...[protocol.path, ...(protocol.otherPaths ?? [])].map(exchange), ...pages]
}

function problemSender(
  write: (problem: Problem) => ProtocolAnswer,
): (reply: FastifyReply, problem: Problem) => void {
  return (reply, problem) => {
    if (problem.headers !== undefined) void reply.headers(problem.headers)
    void reply.code(problem.status)
    send(reply, write(problem))
  }
}

function send(reply: FastifyReply, { body, headers }: ProtocolAnswer): void {
  if (typeof body === 'string') void reply.type('application/json; charset=utf-8')
  if (headers !== undefined) void reply.headers(headers)
  void reply.send(body)
}
