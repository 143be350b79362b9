import type { FastifyRequest } from 'fastify'
import type { ProcessOptions } from 'jitney'
import { clientSignal } from './client-signal.ts'
import { deadlineSignal } from './deadline-signal.ts'
import { ProblemError } from './problem.ts'
import { readTrace, type Trace } from './trace.ts'

/** What a request says about its items. */
export interface Call {
  readonly options: ProcessOptions
  /** Aborts when the client goes; the signal of the options also when the deadline has passed. */
  readonly client: AbortSignal
  /** The batch key, if the route takes it from a header; `undefined` without that header. */
  readonly key: string | undefined
  readonly trace: Trace | undefined
  /** When nobody waits for its items any more, on the clock of `performance`. */
  readonly deadline: number
  /** To be called when all its items are settled. */
  readonly end: () => void
}

/**
 * Reads what the head of a request says about its items: `X-Request-Timeout`, the milliseconds from
 * now that they may take; `X-Priority`, a number; and the key, if the route has a header for it.
 */
export function readCall(request: FastifyRequest, keyHeader: string | undefined): Call {
  const client = clientSignal(request.raw.socket)
  const timeout = numberIn(request, 'x-request-timeout', 'milliseconds above 0', (ms) => ms > 0)
  const priority = numberIn(request, 'x-priority', 'a finite number', Number.isFinite)
  const key = keyHeader === undefined ? undefined : textIn(request, keyHeader)
  const { signal, end } =
    timeout === undefined ? { signal: client, end: ignore } : deadlineSignal(client, timeout)
  const trace = readTrace(request.headers)
  const options = priority === undefined ? { signal } : { signal, priority }
  const deadline = timeout === undefined ? Infinity : performance.now() + timeout
  return { options, client, key, trace, deadline, end }
}

function textIn({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

function numberIn(
  request: FastifyRequest,
  name: string,
  allowed: string,
  fits: (value: number) => boolean,
): number | undefined {
  const given = textIn(request, name)
  if (given === undefined) return undefined
  const value = /^[+-]?\d+(\.\d+)?$/.test(given) ? Number(given) : NaN
  if (fits(value)) return value
  throw new ProblemError({
    status: 400,
    code: 'JITNEY_HEADER_REFUSED',
    detail: `The header ${name} must be ${allowed}.`,
  })
}

function ignore(): void {}
