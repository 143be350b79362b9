import { type Problem, ProblemError } from '../../server/problem.ts'
import type { ProtocolAnswer } from '../protocol.ts'

/** A request that is no inference request, or none for this model. */
export function refused(detail: string, options?: ErrorOptions): ProblemError {
  return new ProblemError({ status: 400, code: 'JITNEY_REQUEST_REFUSED', detail }, options)
}

/** A problem as KServe's clients read it. */
export function writeProblem({ detail }: Problem): ProtocolAnswer {
  return { body: { error: detail } }
}
