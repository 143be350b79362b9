import { STATUS_CODES } from 'node:http'
import { cutResults } from './cut-results.ts'
import type { Answer } from './exchange.ts'
import { ItemError } from './item-error.ts'
import type { Result } from './job.ts'
import { readNdjsonAnswer } from './read-ndjson-answer.ts'
import { oneLine, textOf } from './result-of-text.ts'
import { readRetryAfter } from './retry-after.ts'

/** What is worth another attempt: too early, too many, too slow, and what a proxy says. */
const retryableStatuses = new Set([408, 425, 429, 500, 502, 503, 504])
const mostExcerpt = 200

/** The body of an answer as one line of JSON. Throws an `ItemError` unless it is a 2xx. */
export function readAnswer(answer: Answer): string {
  checkStatus(answer)
  const { status, headers, body } = answer
  if (!isJson(headers['content-type'])) return JSON.stringify(textOf(body, 'The answer'))
  if (body.length === 0) return 'null'
  const text = textOf(body, 'The answer')
  parse(text, status)
  return oneLine(text)
}

/** The body of an answer as so many results: an array of them, or lines that say whose they are. */
export function readBatchAnswer(answer: Answer, count: number): readonly Result[] {
  checkStatus(answer)
  const text = textOf(answer.body, 'The answer')
  if (isNdjson(answer.headers['content-type'])) return readNdjsonAnswer(text, count)
  const results = parse(text, answer.status)
  if (!Array.isArray(results) || results.length !== count) {
    const received = Array.isArray(results) ? `${results.length}` : 'none'
    throw new ItemError(
      'JITNEY_WRONG_ANSWER',
      `Expected a JSON array of ${count} results, received ${received}`,
    )
  }
  return cutResults(answer.body)
}

function checkStatus({ status, statusText, headers, body }: Answer): void {
  if (status >= 200 && status < 300) return
  const retryAfter = readRetryAfter(headers['retry-after'], new Date().getTime())
  const reason = statusText === '' ? STATUS_CODES[status] : statusText
  const { location } = headers
  const detail =
    status >= 300 && status < 400 && location !== undefined
      ? `to ${location}, which is not followed`
      : excerpt(body)
  const wait = retryAfter === undefined ? '' : ` (Retry-After: ${Math.ceil(retryAfter / 1000)} s)`
  throw new ItemError(
    'JITNEY_HTTP_STATUS',
    [`HTTP ${status}${reason === undefined ? '' : ` ${reason}`}${wait}`, detail]
      .filter((part) => part !== '')
      .join(': '),
    { status, retryAfter, isRetryable: retryableStatuses.has(status) },
  )
}

function parse(text: string, status: number): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ItemError(
      'JITNEY_WRONG_ANSWER',
      `The answer with status ${status} is not JSON: ${(error as Error).message}`,
      { cause: error },
    )
  }
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^[^;]*[/+]json\s*(;|$)/i.test(contentType)
}

function isNdjson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^[^;]*[/-](ndjson|jsonl)\s*(;|$)/i.test(contentType)
}

/** The beginning of a body, on one line. */
function excerpt(body: Buffer): string {
  const text = body
    .subarray(0, mostExcerpt * 4)
    .toString('utf8')
    .replace(/\s+/g, ' ')
    .trim()
  return text.length > mostExcerpt ? `${text.slice(0, mostExcerpt)}...` : text
}
