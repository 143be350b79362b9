import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { assetFolder } from '../dashboard/files.ts'
import type { Endpoint, Endpoints } from './endpoints.ts'
import { type AnyPath, anyPath, streamPath } from './route-endpoints.ts'
import { bearer, unauthorized } from './bearer.ts'
import { knownHosts } from './known-hosts.ts'
import type { Problem } from './problem.ts'
import { closing, starting, tooLarge } from './problem-of.ts'

export interface DoorOptions {
  readonly host: string
  readonly allowedHosts: readonly string[]
  readonly maxBodySize: number
  readonly token: string
  readonly endpoints: Pick<Endpoints, 'find' | 'methodsOf' | 'list'>
  readonly state: () => 'starting' | 'open' | 'closing'
}

/**
 * Decides from a request's head alone whether it may come in, on every path alike, before its body
 * is read. Returns what is wrong with it, or `undefined`. It is told the pattern of the path, if any
 * fits, because the framework makes it anew for each who asks.
 */
export function door({
  host,
  allowedHosts,
  maxBodySize,
  token,
  endpoints,
  state,
}: DoorOptions): (request: FastifyRequest, url: string | undefined) => Problem | undefined {
  const hasToken = token === '' ? undefined : bearer(token)
  const isKnown = knownHosts(host, allowedHosts)

  return (request, url) => {
    const { headers } = request
    const name = nameIn(request)
    if (name === undefined && request.raw.httpVersion !== '1.0') return nameless
    if (name !== undefined && !isKnown(name)) return unknownHost
    if (headers.origin !== undefined && !isOwnOrigin(headers.origin, name)) return foreignOrigin
    if (isOfForeignPage(headers)) return foreignOrigin
    if (hasToken?.(headers) === false && !isForAll(url)) return unauthorized
    if (state() === 'closing' && !isProbe(url)) return closing
    if (state() === 'starting' && !isProbe(url) && !isWatching(url)) return starting
    const endpoint = endpointOf(request, url)
    if (url === undefined || (endpoint === undefined && isOfRoutes(url))) {
      return misdirected(decoded(pathIn(request)), request.method)
    }
    if (isEncoded(headers['content-encoding'])) return encoded
    if (!isStream(url) && Number(headers['content-length'] ?? 0) > maxBodySize)
      return tooLarge(maxBodySize)
    return endpoint?.refuse?.()
  }

  function endpointOf(
    { method, params }: FastifyRequest,
    url: string | undefined,
  ): Endpoint | undefined {
    if (url === anyPath) return endpoints.find(method, `/${(params as AnyPath)['*']}`)
    if (url !== streamPath) return undefined
    return endpoints.find(method, `/${(params as { route: string }).route}/batch`)
  }

  function misdirected(path: string, method: string): Problem {
    const allowed = endpoints.methodsOf(path)
    if (allowed === undefined) {
      const detail = `There is nothing under this path. The service answers ${endpoints.list().join(', ')}.`
      return { status: 404, code: 'JITNEY_ROUTE_UNKNOWN', detail }
    }
    const allow = allowed.join(', ')
    const detail = `This path answers ${allow}, not ${method}.`
    return { status: 405, code: 'JITNEY_METHOD_NOT_ALLOWED', detail, headers: { allow } }
  }
}

/** The path with its escapes read, as the router does; as it is, if they cannot be. */
function decoded(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

/** What nobody needs the token for: the probes, and the page that asks for it. */
function isForAll(url = ''): boolean {
  return ['/healthz', '/readyz', '/'].includes(url) || url.startsWith(assetFolder)
}

/** Whether its body may be longer than the service holds. */
export function isStream(url: string | undefined): boolean {
  return url === streamPath
}

/** Whether it is for what the routes brought along, which is looked up. */
function isOfRoutes(url: string): boolean {
  return url === anyPath || url === streamPath
}

/** What is answered in every state. */
function isProbe(url: string | undefined): boolean {
  return url === '/healthz'
}

/** What shows how the service is, also while it starts. */
function isWatching(url = ''): boolean {
  const paths = ['/', '/stats', '/stats/stream', '/metrics']
  return paths.includes(url) || url.startsWith(assetFolder)
}

const target = /^(?:https?:\/\/([^/?#]*))?([^?#]*)/i

/** What a request calls the service: in its target, or else in its Host header. */
function nameIn({ url, headers }: FastifyRequest): string | undefined {
  return url.startsWith('/') ? headers.host : (target.exec(url)![1] ?? headers.host)
}

/** The path that it asks for. */
function pathIn({ url }: FastifyRequest): string {
  return target.exec(url)![2]!
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

/**
 * Whether a browser says that a page of another origin asks, which it says also where it sends no
 * `Origin`, as for images (https://www.w3.org/TR/fetch-metadata/). Following a link is fine.
 */
function isOfForeignPage(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site']
  if (site !== 'cross-site' && site !== 'same-site') return false
  return headers['sec-fetch-mode'] !== 'navigate' || headers['sec-fetch-dest'] !== 'document'
}

function isEncoded(contentEncoding: string | undefined): boolean {
  return contentEncoding !== undefined && contentEncoding.toLowerCase() !== 'identity'
}
