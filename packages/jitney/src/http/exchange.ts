import { messageOf } from '../platform/message-of.ts'
import { HttpError, refusalOf } from './http-error.ts'
import { jsonOrText } from './json.ts'
import { type HeaderReader, retryAfterOf } from './retry-after.ts'

/** Name and value of request headers. */
export type RequestHeaders = Readonly<Record<string, string>>

/** The platform's `fetch`, or what stands in for it. */
export type Fetch = typeof globalThis.fetch

/** An answer with a status from 200 to 299. */
export interface Answer {
  readonly status: number
  readonly headers: HeaderReader
  readonly bytes: Uint8Array
}

/** One request. */
export interface Exchange {
  readonly fetch: Fetch
  readonly url: string
  readonly method: string
  readonly headers: RequestHeaders
  readonly body: string
  readonly signal: AbortSignal
  /** Is shown the headers of each answer, whatever its status. */
  readonly onHeaders?: ((headers: HeaderReader) => void) | undefined
}

/** Sends a request and reads its answer to the end. Throws an `HttpError`, or the signal's reason. */
export async function exchange(request: Exchange): Promise<Answer> {
  const { fetch, url, signal, onHeaders, ...rest } = request
  let answer: Answer & { readonly ok: boolean }
  try {
    // A redirect followed would drop the body, or take the credentials elsewhere.
    const response = await fetch(url, { ...rest, signal, redirect: 'manual' })
    const { status, headers, ok } = response
    // Read in any case: an unread body keeps its connection.
    answer = { status, headers, ok, bytes: new Uint8Array(await response.arrayBuffer()) }
  } catch (error) {
    if (signal.aborted) throw error
    throw unreachable(url, error)
  }
  onHeaders?.(answer.headers)
  if (answer.ok) return answer
  const body = jsonOrText(textOf(answer))
  throw refusalOf(answer.status, body, retryAfterOf(answer.headers))
}

/** The answer's body as text. */
function textOf({ bytes }: Pick<Answer, 'bytes'>): string {
  return new TextDecoder().decode(bytes)
}

/** What the answer's JSON says. Throws an `HttpError`. */
export function readJson(answer: Answer): unknown {
  const text = textOf(answer)
  try {
    return JSON.parse(text)
  } catch (cause) {
    const message = `Cannot read the answer: it is not JSON, ${messageOf(cause)}`
    throw new HttpError('JITNEY_WRONG_ANSWER', message, {
      status: answer.status,
      body: text,
      cause,
    })
  }
}

function unreachable(url: string, error: unknown): HttpError {
  // What went wrong is the cause of a "fetch failed", and of several addresses each has its own.
  const { cause } = Object(error) as { cause?: { code?: unknown; message?: unknown } }
  const reason = cause?.message || cause?.code || error
  const { origin } = new URL(url)
  const words = typeof reason === 'string' ? reason : messageOf(reason)
  return new HttpError('JITNEY_REQUEST_FAILED', `No answer from ${origin}: ${words}`, {
    cause: error,
  })
}
