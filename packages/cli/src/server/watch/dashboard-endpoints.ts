import type { FastifyInstance } from 'fastify'
import { dashboardFiles } from '../../dashboard/files.ts'

/** The page runs the service's own scripts and asks the service; nothing else, from nowhere else. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const headers = {
  'content-security-policy': policy,
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
}

/** `GET /`, the dashboard, and the files that it is made of. The page is told whether it needs a token. */
export function addDashboardEndpoints(app: FastifyInstance, isTokenNeeded: boolean): void {
  for (const { path, type, content } of dashboardFiles()) {
    const sent = isTokenNeeded ? content.replace('<html ', '<html data-token ') : content
    app.get(path, (_request, reply) => void reply.headers(headers).type(type).send(sent))
  }
}
