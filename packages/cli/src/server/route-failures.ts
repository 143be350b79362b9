import type { FastifyReply } from 'fastify'
import { BatchAbortedError, BatcherClosedError, QueueFullError } from 'jitney'
import { RemoteAbortedError } from 'jitney/remote'
import { clientGone } from './client-signal.ts'
import type { FailureLog } from './failure-log.ts'
import { type Problem, ProblemError, sendProblem } from './problem.ts'
import { problemOf } from './problem-of.ts'
import type { ServedRoute } from './served-route.ts'

const clientClosed = 499

/** Answers for the items of one route that failed, and tells the log of what is news there. */
export class RouteFailures {
  readonly #route: Pick<ServedRoute, 'name' | 'problemOf'>
  readonly #log: FailureLog

  constructor(route: Pick<ServedRoute, 'name' | 'problemOf'>, log: FailureLog) {
    this.#route = route
    this.#log = log
  }

  /**
   * @param send writes the problem as the route's clients expect it.
   * @returns its status; nginx's 499 if the client has gone.
   */
  answer(
    reply: FastifyReply,
    error: unknown,
    send: (reply: FastifyReply, problem: Problem) => void = sendProblem,
  ): number {
    if (error === clientGone) return clientClosed
    const problem = this.problemOf(error, reply.request.id)
    send(reply, problem)
    return problem.status
  }

  /** What its client is told; the log hears of what is news. */
  problemOf(error: unknown, requestId?: string): Problem {
    const problem = this.#route.problemOf(error) ?? problemOf(error)
    if (problem.status >= 500 && !isRefusal(error)) {
      this.#log.report(`/${this.#route.name} failed`, error, requestId)
    }
    return problem
  }
}

/** Whether the service said no for want of room or time, which is no news to whoever runs it. */
function isRefusal(error: unknown): boolean {
  if (error instanceof ProblemError) return error.problem.status !== 500
  return (
    error === clientGone ||
    error instanceof QueueFullError ||
    error instanceof BatcherClosedError ||
    error instanceof BatchAbortedError ||
    error instanceof RemoteAbortedError
  )
}
