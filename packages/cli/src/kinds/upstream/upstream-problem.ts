import { HttpError } from 'jitney/http'
import type { Problem } from '../../server/problem.ts'

const busyStatuses = new Set([429, 503])
const lateStatuses = new Set([408, 504])
const lateCodes = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
])
const mostCauses = 10

const tooLarge: Problem = {
  status: 413,
  code: 'JITNEY_UPSTREAM_REFUSED',
  detail: 'The item is larger than the server behind this route takes.',
}

const late: Problem = {
  status: 504,
  code: 'JITNEY_UPSTREAM_TIMEOUT',
  detail: 'The server behind this route took too long.',
}

const failed: Problem = {
  status: 502,
  code: 'JITNEY_UPSTREAM_FAILED',
  detail: 'The server behind this route failed.',
}

/**
 * What callers are told when the server behind a route failed; `undefined` for another failure.
 *
 * @param isAlone whether an item that the server refuses was refused alone, and is to blame.
 */
export function upstreamProblem(error: unknown, isAlone: boolean): Problem | undefined {
  if (isTooLarge(error)) return tooLarge
  const failure = httpErrorOf(error)
  if (failure === undefined) return undefined
  const { status } = failure
  if (status === undefined) return causesOf(failure).some(isLate) ? late : failed
  if (busyStatuses.has(status)) return busy(failure)
  if (lateStatuses.has(status)) return late
  if (status === 413) return tooLarge
  if (!isAlone || (status !== 400 && status !== 422)) return failed
  const detail = 'The server behind this route refused this item.'
  return { status, code: 'JITNEY_UPSTREAM_REFUSED', detail }
}

/** The request that failed, if that is why. */
export function httpErrorOf(error: unknown): HttpError | undefined {
  return causesOf(error).find((cause): cause is HttpError => cause instanceof HttpError)
}

/** When to come back: what the server said, in whole seconds of at least one. */
function busy({ retryAfter = 1000 }: HttpError): Problem {
  return {
    status: 503,
    code: 'JITNEY_UPSTREAM_BUSY',
    detail: 'The server behind this route takes no more at the moment. Try again later.',
    headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfter / 1000))) },
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && (error as { code?: unknown }).code === 'JITNEY_OUT_OF_RANGE'
}

function isLate(cause: unknown): boolean {
  return lateCodes.has((cause as { code?: string }).code ?? '')
}

function causesOf(error: unknown): readonly unknown[] {
  const causes: unknown[] = []
  for (let one = error; one instanceof Error && causes.length < mostCauses; one = one.cause) {
    causes.push(one)
  }
  return causes
}
