import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Problem } from './problem.ts'

export const unauthorized: Problem = {
  status: 401,
  code: 'JITNEY_UNAUTHORIZED',
  detail: 'The request needs the bearer token of the service in its Authorization header.',
  headers: { 'www-authenticate': 'Bearer' },
}

/** Whether a request shows the token (RFC 6750). How long that takes tells nothing of the token. */
export function bearer(token: string): (headers: IncomingHttpHeaders) => boolean {
  const expected = digest(token)
  return ({ authorization = '' }) => {
    const [, shown = ''] = /^bearer +(\S+) *$/i.exec(authorization) ?? []
    return timingSafeEqual(digest(shown), expected)
  }
}

/** All of the same length, whatever was shown. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
