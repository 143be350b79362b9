import type { ServerResponse } from 'node:http'

import { type Received, sendJson, startServer, type TestServer } from './http-server.ts'

/** What a request of the API says. */
export interface ApiRequest {
  readonly input: readonly (string | readonly number[])[]
  readonly model: string
  readonly encoding_format?: string
  readonly dimensions?: number
  readonly user?: string
}

export interface ApiServer extends TestServer {
  readonly baseUrl: string
  requests(): readonly ApiRequest[]
}

/** Tokens by words: what the tests' `countTokens` says too. */
export const tokensOf = (input: string | readonly number[]): number =>
  typeof input === 'string' ? input.split(' ').length : input.length

/**
 * Answers as the API documents: its limits, its errors for the whole request, results in no order, and
 * usage. `before` may answer instead, and says so with `true`.
 */
export async function startApi(
  before: (request: ApiRequest, response: ServerResponse, received: Received) => boolean = () =>
    false,
  headers: () => Readonly<Record<string, string>> = () => ({}),
  port = 0,
): Promise<ApiServer> {
  const server = await startServer((received, response) => {
    const request = JSON.parse(received.body) as ApiRequest
    if (before(request, response, received)) return
    const refusal = refusalOf(request, received)
    if (refusal !== undefined) {
      const [status, message, code] = refusal
      sendJson(response, { error: { message, type: 'invalid_request_error', code } }, status)
      return
    }
    const tokens = request.input.reduce((sum, input) => sum + tokensOf(input), 0)
    const usage = { prompt_tokens: tokens, total_tokens: tokens }
    sendJson(response, { ...answerTo(request, received.path), usage }, 200, headers())
  }, port)
  return {
    ...server,
    baseUrl: `${server.url}/v1/`,
    requests: () => server.received.map(({ body }) => JSON.parse(body) as ApiRequest),
  }
}

function refusalOf(
  { input }: ApiRequest,
  { headers }: Received,
): readonly [number, string, string] | undefined {
  if (headers.authorization !== 'Bearer secret')
    return [401, 'Incorrect API key', 'invalid_api_key']
  const tokens = input.map(tokensOf)
  const sum = tokens.reduce((total, each) => total + each, 0)
  if (input.length > 2048) return [400, 'array too long', 'array_above_max_length']
  if (input.includes('')) return [400, 'input cannot be an empty string', 'invalid_input']
  if (input.includes('poison')) return [400, 'invalid input', 'invalid_input']
  if (new Set(input.map((each) => typeof each)).size > 1) return [400, 'mixed', 'invalid_type']
  if (tokens.some((each) => each > 8192)) return [400, 'maximum context length', 'invalid_input']
  if (sum > 300_000) return [400, 'max 300000 tokens per request', 'max_tokens_per_request']
  return undefined
}

function answerTo({ input, encoding_format: format }: ApiRequest, path: string): object {
  if (path === '/v1/moderations') {
    const results = input.map((text) => {
      const flagged = String(text).includes('!')
      return {
        flagged,
        categories: { harassment: flagged },
        category_scores: { harassment: flagged ? 0.9 : 0.1 },
      }
    })
    return { id: 'modr-1', model: 'omni', results }
  }
  const data = input.map((each, index) => {
    const vector = [each.length, 0.5]
    const embedding =
      format === 'base64'
        ? Buffer.from(Float32Array.from(vector).buffer).toString('base64')
        : vector
    return { object: 'embedding', index, embedding }
  })
  return { object: 'list', model: 'small', data: data.toReversed() }
}
