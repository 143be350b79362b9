import type { FastifyReply } from 'fastify'

/** For browsers, which have no business with these answers. */
const common = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
} as const

const commonPairs: readonly string[] = Object.entries(common).flat()

/** The head of an answer: what all of them say, and what was said of this one, which goes first. */
export function answerHeaders(reply: FastifyReply): Record<string, string> {
  const said = reply.getHeaders() as Record<string, string>
  return { ...common, 'x-request-id': reply.request.id, ...said }
}

/** The head of an answer of which nothing else was said, as names and values in turn. */
export function plainHeaders(requestId: string, type: string, length: number): string[] {
  const pairs = ['content-type', type, 'content-length', `${length}`, 'x-request-id', requestId]
  return pairs.concat(commonPairs)
}
