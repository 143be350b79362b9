import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parseJson } from './parse-json.ts'
import { type Problem, ProblemError } from './problem.ts'

/** Of bodies that are lines. */
export const lineTypes: ReadonlySet<string> = new Set([
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
])
const bytesType = 'application/octet-stream'

const onlyJson: Problem = {
  status: 415,
  code: 'JITNEY_BYTES_REFUSED',
  detail: 'This route takes items as JSON only.',
}

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
 * Forgets a content type that means nothing here: everything that is not bytes is JSON whatever it
 * says, as curl says form data, and the framework would refuse what it cannot parse.
 */
export function simplifyContentType(headers: IncomingHttpHeaders, isStream: boolean): void {
  const given = headers['content-type']
  if (given === undefined) return
  if (given === 'application/json') {
    headers['content-type'] = undefined
    return
  }
  const type = given.split(';', 1)[0]!.trim().toLowerCase()
  headers['content-type'] =
    type === bytesType || (isStream && lineTypes.has(type)) ? type : undefined
}

/** The item that a request carries: bytes if it says so, else JSON. */
export function readItem(request: FastifyRequest, isJsonOnly: boolean): unknown {
  const isBytes = request.headers['content-type'] === bytesType
  if (isBytes && isJsonOnly) throw new ProblemError(onlyJson)
  const body = request.body as Buffer | undefined
  if (body === undefined || body.length === 0) {
    throw new ProblemError({
      status: 400,
      code: 'JITNEY_BODY_EMPTY',
      detail:
        'The body is empty; it must be one item as JSON, or bytes as application/octet-stream.',
    })
  }
  return isBytes ? body : parseJson(body)
}
