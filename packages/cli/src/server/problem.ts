import type { IncomingMessage } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { FastifyReply } from 'fastify'
import { sendPlain } from './send-plain.ts'

/** What an answer that is not a result says, by RFC 9457. Nothing in it tells of the inside. */
export interface Problem {
  readonly status: number
  /** Stable, for programs. */
  readonly code: string
  /** For people. */
  readonly detail: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Carries a problem out of a function whose result is something else. */
export class ProblemError extends Error {
  readonly problem: Problem

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.detail, options)
    this.problem = problem
  }
}

/** Most bytes of a refused body that are read and thrown away, so that the client comes to read the answer. */
const mostDiscarded = 32 * 1024 * 1024

export const problemType = 'application/problem+json'

export function problemBody({ status, code, detail }: Problem): string {
  return JSON.stringify({
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    code,
  })
}

/**
 * Answers with a problem. A body that nobody wants is read to its end, because many clients send all
 * of it before they look for an answer; if that may be much, the connection is closed instead.
 */
export function sendProblem(reply: FastifyReply, problem: Problem): void {
  const { status, headers } = problem
  if (mayBeMuch(reply.request.raw)) void reply.header('connection', 'close')
  sendPlain(reply, { status, type: problemType, text: problemBody(problem), headers })
}

function mayBeMuch({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false
  return (
    headers['transfer-encoding'] !== undefined ||
    Number(headers['content-length'] ?? 0) > mostDiscarded
  )
}
