import type { FastifyInstance, FastifyReply } from 'fastify'
import { BatchAbortedError, BatcherClosedError, QueueFullError } from 'jitney'
import { clientGone, clientSignal } from './client-signal.ts'
import type { FailureLog } from './failure-log.ts'
import { sendProblem } from './problem.ts'
import { problemOf } from './problem-of.ts'
import { readItem } from './read-item.ts'
import { sendResult } from './send-result.ts'
import type { ServedRoute } from './served-route.ts'

/** `POST /NAME`: one item in the body, its result in the answer. */
export function addBatchEndpoint(
  app: FastifyInstance,
  route: ServedRoute,
  failures: FailureLog,
): void {
  app.post(`/${route.name}`, (request, reply) => {
    const item = readItem(request)
    route.take(item, clientSignal(request.raw.socket), (result) => {
      result.then((value) => sendResult(reply, value)).catch((error: unknown) => fail(reply, error))
    })
  })

  function fail(reply: FastifyReply, error: unknown): void {
    if (error === clientGone) return
    const problem = problemOf(error)
    if (problem.status >= 500 && !isRefusal(error)) failures.report(`/${route.name} failed`, error)
    sendProblem(reply, problem)
  }
}

/** Whether the service said no for want of room or time, which is no news to whoever runs it. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof QueueFullError ||
    error instanceof BatcherClosedError ||
    error instanceof BatchAbortedError
  )
}
