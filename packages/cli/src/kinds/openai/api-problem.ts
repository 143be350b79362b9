import type { HttpError } from 'jitney/http'
import { type Problem, ProblemError } from '../../server/problem.ts'
import { httpErrorOf, upstreamProblem } from '../upstream/upstream-problem.ts'
import type { ProtocolAnswer } from '../protocol.ts'

/** What OpenAI's API says of a failure. */
interface ApiError {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
}

interface ApiProblem extends Problem {
  readonly error?: ApiError
}

const refusal = { type: 'invalid_request_error', param: 'input', code: null } as const

/** A request that the API would refuse. */
export function refused(message: string, param: string = refusal.param): ProblemError {
  const error: ApiError = { ...refusal, message, param }
  const problem: ApiProblem = {
    status: 400,
    code: 'JITNEY_REQUEST_REFUSED',
    detail: message,
    error,
  }
  return new ProblemError(problem)
}

/** A problem as the API's clients read it. */
export function writeProblem(problem: ApiProblem): ProtocolAnswer {
  const { status, code, detail } = problem
  const type = status < 500 ? refusal.type : 'server_error'
  return { body: { error: problem.error ?? { message: detail, type, param: null, code } } }
}

/**
 * What callers are told when the API behind failed.
 *
 * @param isTheirKey whether it was asked with the caller's own key.
 */
export function problemOf(error: unknown, isTheirKey: boolean): ApiProblem | undefined {
  const failure = httpErrorOf(error)
  const said = failure && errorIn(failure.body)
  if (failure?.status !== undefined && said !== undefined && isTheirs(failure, said, isTheirKey)) {
    const { status } = failure
    return { status, code: 'JITNEY_UPSTREAM_REFUSED', detail: said.message, error: said }
  }
  return upstreamProblem(error, true)
}

/** Whether what the API says concerns the caller, and not this service. */
function isTheirs({ status }: HttpError, { code }: ApiError, isTheirKey: boolean): boolean {
  if (status === 400 || status === 404 || status === 422) return true
  if (!isTheirKey) return false
  return status === 401 || status === 403 || (status === 429 && code === 'insufficient_quota')
}

function errorIn(body: unknown): ApiError | undefined {
  const { error } = Object(body) as { error?: unknown }
  const { message, type, param, code } = Object(error) as Record<string, unknown>
  if (typeof message !== 'string') return undefined
  return {
    message,
    type: typeof type === 'string' ? type : refusal.type,
    param: typeof param === 'string' ? param : null,
    code: typeof code === 'string' ? code : null,
  }
}
