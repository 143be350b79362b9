import { countTokens } from 'gpt-tokenizer/encoding/cl100k_base'
import type { ServerResponse } from 'node:http'
import { type Received, startServer, type TestServer } from './http-server.ts'

type Input = string | readonly number[]

export interface ApiRequest {
  readonly input: readonly Input[]
  readonly model: string
  readonly encoding_format?: string
  readonly dimensions?: number
  readonly user?: string
}

export interface ApiServer extends TestServer {
  readonly baseUrl: string
  requests(): readonly ApiRequest[]
  /** Tokens of all that was answered. */
  tokens(): number
}

export const tokensOf = (input: Input): number =>
  typeof input === 'string' ? countTokens(input) : input.length

/** What it makes of an input: told by its value alone. */
export const vectorOf = (input: Input): number[] => [input.length, Number(input[0]) || 0.5, -1]

/**
 * Answers embeddings as the API documents: its limits, an error for the whole request, results in any
 * order, base64, usage. `before` may answer instead, and says so with `true`.
 */
export async function startApi(
  before: (request: ApiRequest, response: ServerResponse, received: Received) => boolean = () =>
    false,
): Promise<ApiServer> {
  let answered = 0
  const server = await startServer((received, response) => {
    const send = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    const request = JSON.parse(received.body) as ApiRequest
    if (before(request, response, received)) return
    const refusal = refusalOf(request, received)
    if (refusal !== undefined) {
      const [status, message, code] = refusal
      send(status, { error: { message, type: 'invalid_request_error', param: null, code } })
      return
    }
    const tokens = request.input.reduce((sum, input) => sum + tokensOf(input), 0)
    answered += tokens
    const data = request.input.map((input, index) => ({
      object: 'embedding',
      index,
      embedding: encoded(vectorOf(input).slice(0, request.dimensions), request.encoding_format),
    }))
    const usage = { prompt_tokens: tokens, total_tokens: tokens }
    send(200, { object: 'list', data: data.toReversed(), model: `${request.model}-v1`, usage })
  })
  return {
    ...server,
    baseUrl: `${server.url}/v1`,
    requests: () => server.received.map(({ body }) => JSON.parse(body) as ApiRequest),
    tokens: () => answered,
  }
}

function encoded(vector: number[], format: string | undefined): number[] | string {
  if (format !== 'base64') return vector
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64')
}

function refusalOf(
  { input, model }: ApiRequest,
  { headers, url }: Received,
): readonly [number, string, string | null] | undefined {
  if (url !== '/v1/embeddings') return [404, `Invalid URL (POST ${url})`, null]
  if (headers.authorization !== 'Bearer secret')
    return [401, 'Incorrect API key provided: sec***', 'invalid_api_key']
  if (model === 'unknown') return [404, 'The model `unknown` does not exist', 'model_not_found']
  const tokens = input.map(tokensOf)
  const sum = tokens.reduce((total, each) => total + each, 0)
  if (input.length > 2048) return [400, 'array too long', 'array_above_max_length']
  if (input.includes('')) return [400, 'input cannot be an empty string', null]
  if (input.includes('poison')) return [400, 'poison is no input', 'invalid_input']
  if (new Set(input.map((each) => typeof each)).size > 1) return [400, 'mixed', 'invalid_type']
  if (tokens.some((each) => each > 8192)) return [400, 'maximum context length', null]
  if (sum > 300_000) return [400, 'max 300000 tokens per request', 'max_tokens_per_request']
  return undefined
}
