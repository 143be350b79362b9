import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** What can stand in a header and a log line without meaning anything there. */
const harmless = /^[\w.:/+=@-]{1,128}$/

/** The id that the client gave in `X-Request-Id`, if it can be repeated safely, else a new one. */
export function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && harmless.test(given) ? given : randomUUID()
}
