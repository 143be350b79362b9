import { describe } from '../platform/describe.ts'
import { messageOf } from '../platform/message-of.ts'

type Code = 'JITNEY_HTTP_STATUS' | 'JITNEY_REQUEST_FAILED' | 'JITNEY_WRONG_ANSWER'

/** What a server said besides its status. */
export interface HttpErrorDetails {
  /** The status of the answer; `undefined` when there was none. */
  readonly status?: number | undefined
  /** The answer's body: what its JSON says, or its text. */
  readonly body?: unknown
  /** Milliseconds that the server asks to wait. */
  readonly retryAfter?: number | undefined
  /** The failure below, of a connection for one. */
  readonly cause?: unknown
}

/**
 * A request failed: no answer (`JITNEY_REQUEST_FAILED`), one that refuses (`JITNEY_HTTP_STATUS`), or
 * one that does not fit the items (`JITNEY_WRONG_ANSWER`). Callers find it as the `cause` of their
 * `BatchError`.
 */
export class HttpError extends Error {
  static {
    this.prototype.name = 'HttpError'
  }

  /** Which of the three it was. */
  declare readonly code: Code
  /** The status of the answer; `undefined` when there was none. */
  declare readonly status: number | undefined
  /** The answer's body: what its JSON says, or its text. */
  declare readonly body: unknown
  /** Milliseconds that the server asks to wait. */
  declare readonly retryAfter: number | undefined

  constructor(code: Code, message: string, details: HttpErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.status = details.status
    this.body = details.body
    this.retryAfter = details.retryAfter
  }
}

/** The answer is no answer to these items. */
export function wrongAnswer(expected: string, received: unknown): HttpError {
  const message = `Cannot read the answer: expected ${expected}, received ${describe(received)}`
  return new HttpError('JITNEY_WRONG_ANSWER', message)
}

/** What a server says of its refusal, in the few places where servers say it. */
export function refusalOf(status: number, body: unknown, retryAfter?: number): HttpError {
  const { error, detail, message } = Object(body) as Record<string, unknown>
  const words = [(Object(error) as { message?: unknown }).message, error, detail, message, body]
  const text = words.find((word) => typeof word === 'string' && word !== '')
  const says = text === undefined ? '' : `: ${messageOf(text)}`
  return new HttpError('JITNEY_HTTP_STATUS', `The server answered ${status}${says}`, {
    status,
    body,
    retryAfter,
  })
}
