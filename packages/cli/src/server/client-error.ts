import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type Problem, problemBody, problemType } from './problem.ts'

const byCode: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'JITNEY_HEADERS_TOO_LARGE',
    detail: 'The head of the request is too large.',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    code: 'JITNEY_BODY_TOO_LARGE',
    detail: 'The chunk extensions of the body are too large.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'JITNEY_REQUEST_TIMEOUT',
    detail: 'The request took too long to arrive.',
  },
}

const malformed: Problem = {
  status: 400,
  code: 'JITNEY_BAD_REQUEST',
  detail: 'This is not an HTTP request.',
}

/**
 * Answers what never became a whole request, and closes the connection. Says nothing where an answer
 * to an earlier request is due, because the client would take one for the other.
 */
export function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  mayAnswer: boolean,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable || !mayAnswer) {
    socket.destroy()
    return
  }
  const problem = byCode[error.code ?? ''] ?? malformed
  const body = problemBody(problem)
  socket.write(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      'Connection: close',
      `Content-Type: ${problemType}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  )
  socket.destroySoon()
}
