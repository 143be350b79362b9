import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parseJson } from './parse-json.ts'
import { ProblemError } from './problem.ts'

const bytesType = 'application/octet-stream'

/**
 * Has every body arrive whole as bytes, within the limit.
 *
 * They are looked at in `readItem`, after arrival, because the framework closes the connection
 * when a parser refuses.
 */
export function collectBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}

/**
 * Forgets a content type that is not bytes: everything else is JSON whatever it says, as curl says
 * form data, and the framework would refuse what it cannot parse.
 */
export function simplifyContentType(headers: IncomingHttpHeaders): void {
  const given = headers['content-type']
  if (given === undefined) return
  const isBytes = given.split(';', 1)[0]!.trim().toLowerCase() === bytesType
  headers['content-type'] = isBytes ? bytesType : undefined
}

/** The item that a request carries: bytes if it says so, else JSON. */
export function readItem(request: FastifyRequest): unknown {
  const body = request.body as Buffer | undefined
  if (body === undefined || body.length === 0) {
    throw new ProblemError({
      status: 400,
      code: 'JITNEY_BODY_EMPTY',
      detail:
        'The body is empty; it must be one item as JSON, or bytes as application/octet-stream.',
    })
  }
  return request.headers['content-type'] === bytesType ? body : parseJson(body)
}
