import {
  BatchAbortedError,
  BatcherClosedError,
  BatchError,
  BatchTimeoutError,
  QueueFullError,
} from 'jitney'
import { type Problem, ProblemError } from './problem.ts'

const retryLater = { 'retry-after': '1' }

export const closing: Problem = {
  status: 503,
  code: 'JITNEY_CLOSING',
  detail: 'The service is stopping and takes no more requests.',
  headers: retryLater,
}

export const starting: Problem = {
  status: 503,
  code: 'JITNEY_STARTING',
  detail: 'The service is starting and takes no requests yet.',
  headers: retryLater,
}

export const full: Problem = {
  status: 503,
  code: 'JITNEY_QUEUE_FULL',
  detail: 'As many items wait as this route takes. Try again in a moment.',
  headers: retryLater,
}

export const crowded: Problem = {
  status: 503,
  code: 'JITNEY_BYTES_FULL',
  detail: 'The items that wait are as large as the service takes. Try again in a moment.',
  headers: retryLater,
}

export const busy: Problem = {
  status: 503,
  code: 'JITNEY_STREAMS_FULL',
  detail: 'As many streams are open as the service takes. Try again in a moment.',
  headers: retryLater,
}

export const unreachable: Problem = {
  status: 503,
  code: 'JITNEY_QUEUE_UNREACHABLE',
  detail: 'The queue behind a route cannot be reached.',
  headers: retryLater,
}

const internal: Problem = {
  status: 500,
  code: 'JITNEY_INTERNAL',
  detail: 'The service failed to answer this request.',
}

/** What a caller is told of a failure. The message of a failure on this side of the door is not in it. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  if (error instanceof QueueFullError) return full
  if (error instanceof BatcherClosedError) return closing
  if (error instanceof BatchAbortedError) {
    const detail = 'The service stopped before the batch of this item was done.'
    return { status: 503, code: error.code, detail, headers: retryLater }
  }
  if (error instanceof BatchTimeoutError) {
    return { status: 504, code: error.code, detail: 'The batch of this item took too long.' }
  }
  if (error instanceof BatchError) {
    return { status: 500, code: error.code, detail: 'The batch of this item failed.' }
  }
  return problemOfItem(error)
}

/** What the HTTP layer below says of a request it could not take. */
export function problemOfRequest(
  error: { readonly statusCode?: number | undefined },
  maxBodySize: number,
): Problem {
  const status = error.statusCode ?? 500
  if (status === 413) return tooLarge(maxBodySize)
  if (status < 400 || status > 499) return internal
  return { status, code: 'JITNEY_BAD_REQUEST', detail: 'The request cannot be understood.' }
}

export function tooLarge(maxBodySize: number): Problem {
  const detail = `The body is larger than ${maxBodySize} bytes.`
  return { status: 413, code: 'JITNEY_BODY_TOO_LARGE', detail }
}

/**
 * The status and message that the batch function gave an item's own error, by the rules of
 * `http-errors`: an integer `status` or `statusCode` from 400 to 599, and the message shown below
 * 500 unless `expose` says otherwise.
 */
function problemOfItem(error: unknown): Problem {
  const given = (typeof error === 'object' && error !== null ? error : {}) as Record<
    string,
    unknown
  >
  const status = [given['status'], given['statusCode']].find(isErrorStatus) ?? 500
  const expose = typeof given['expose'] === 'boolean' ? given['expose'] : status < 500
  const message = expose ? given['message'] : undefined
  const detail = typeof message === 'string' && message !== '' ? message : 'This item failed.'
  return { status, code: 'JITNEY_ITEM_FAILED', detail }
}

function isErrorStatus(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 400 && (value as number) <= 599
}

/** Of one item among several, or of what they came in. */
export function badBody(detail: string): Problem {
  return { status: 400, code: 'JITNEY_BODY_NOT_JSON', detail }
}
