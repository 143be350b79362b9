import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** What can stand in a header and a log line without meaning anything there. */
const harmless = /^[\w.:/+=@-]{1,128}$/

// A UUID of the process, whose last twelve digits count: one by lot for each request takes longer.
const family = randomUUID().slice(0, -12)
let last = 0

/** The id that the client gave in `X-Request-Id`, if it can be repeated safely, else a new one. */
export function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && harmless.test(given) ? given : nextId()
}

function nextId(): string {
  last += 1
  return family + last.toString(16).padStart(12, '0')
}
