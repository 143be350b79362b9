import type { FastifyRequest } from 'fastify'
import { knownHosts } from './known-hosts.ts'
import type { Problem } from './problem.ts'
import { closing, tooLarge } from './problem-of.ts'

export interface DoorOptions {
  readonly host: string
  readonly allowedHosts: readonly string[]
  readonly maxBodySize: number
  /** Which methods a path answers to, by path. */
  readonly methods: ReadonlyMap<string, readonly string[]>
  readonly isClosing: () => boolean
}

/**
 * Decides from a request's head alone whether it may come in, on every path alike, before its body
 * is read. Returns what is wrong with it, or `undefined`.
 */
export function door({
  host,
  allowedHosts,
  maxBodySize,
  methods,
  isClosing,
}: DoorOptions): (request: FastifyRequest) => Problem | undefined {
  const isKnown = knownHosts(host, allowedHosts)
  const routes = [...methods].map(([path, names]) => `${names[0]} ${path}`).join(', ')

  return (request) => {
    const { headers } = request
    const { name, path } = readTarget(request)
    if (name === undefined && request.raw.httpVersion !== '1.0') return nameless
    if (name !== undefined && !isKnown(name)) return unknownHost
    if (headers.origin !== undefined && !isOwnOrigin(headers.origin, name)) return foreignOrigin
    if (isClosing() && request.routeOptions.url !== '/healthz') return closing
    if (request.is404) return misdirected(path, request.method)
    if (isEncoded(headers['content-encoding'])) return encoded
    if (Number(headers['content-length'] ?? 0) > maxBodySize) return tooLarge(maxBodySize)
    return undefined
  }

  function misdirected(path: string, method: string): Problem {
    const allowed = methods.get(path)
    if (allowed === undefined) {
      const detail = `There is nothing under this path. The service answers ${routes}.`
      return { status: 404, code: 'JITNEY_ROUTE_UNKNOWN', detail }
    }
    const allow = allowed.join(', ')
    const detail = `This path answers ${allow}, not ${method}.`
    return { status: 405, code: 'JITNEY_METHOD_NOT_ALLOWED', detail, headers: { allow } }
  }
}

const target = /^(?:https?:\/\/([^/?#]*))?([^?#]*)/i

/** What a request calls the service, in its target or else in its Host header, and the path it asks for. */
function readTarget({ url, headers }: FastifyRequest): { name: string | undefined; path: string } {
  const [, authority, path] = target.exec(url)!
  return { name: authority ?? headers.host, path: path! }
}

const nameless: Problem = {
  status: 400,
  code: 'JITNEY_BAD_REQUEST',
  detail: 'The request has no Host header.',
}

const unknownHost: Problem = {
  status: 421,
  code: 'JITNEY_HOST_REFUSED',
  detail: 'The service is not known by the name in the Host header. Allow it with --allowed-host.',
}

const foreignOrigin: Problem = {
  status: 403,
  code: 'JITNEY_ORIGIN_REFUSED',
  detail: 'The service takes no requests from web pages of another origin.',
}

const encoded: Problem = {
  status: 415,
  code: 'JITNEY_ENCODING_REFUSED',
  detail: 'The service takes no compressed bodies.',
  headers: { 'accept-encoding': 'identity' },
}

function isOwnOrigin(origin: string, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)
}

function isEncoded(contentEncoding: string | undefined): boolean {
  return contentEncoding !== undefined && contentEncoding.toLowerCase() !== 'identity'
}
