import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

export interface Api {
  readonly url: string
  readonly requests: { readonly input: readonly string[]; readonly encoding_format?: string }[]
  close(): void
}

export const tokensOf = (text: string): number => text.split(' ').length

/** Told by the text alone. */
export const vectorOf = (text: string): number[] => [text.length, text.charCodeAt(0), -0.5]

/** Answers embeddings as OpenAI's API documents. */
export async function startApi(): Promise<Api> {
  const requests: Api['requests'] = []
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      const said = body as Api['requests'][number]
      requests.push(said)
      const [status, answer] = answerTo(said, request.headers.authorization)
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

function answerTo(
  { input, encoding_format: format }: Api['requests'][number],
  authorization: string | undefined,
): readonly [number, object] {
  const tokens = input.map(tokensOf)
  const sum = tokens.reduce((total, each) => total + each, 0)
  if (authorization !== 'Bearer upstream') return refusal(401, 'Incorrect API key provided')
  if (input.length > 2048) return refusal(400, 'array too long')
  if (input.includes('poison')) return refusal(400, 'poison is no input', 'invalid_input')
  if (tokens.some((each) => each > 8192)) return refusal(400, 'maximum context length')
  if (sum > 300_000) return refusal(400, 'max 300000 tokens per request')
  const data = input.map((text, index) => {
    const bytes = Buffer.from(Float32Array.from(vectorOf(text)).buffer)
    const embedding = format === 'base64' ? bytes.toString('base64') : vectorOf(text)
    return { object: 'embedding', index, embedding }
  })
  const usage = { prompt_tokens: sum, total_tokens: sum }
  return [200, { object: 'list', data: data.toReversed(), model: 'small', usage }]
}

function refusal(status: number, message: string, code: string | null = null) {
  return [status, { error: { message, type: 'invalid_request_error', param: null, code } }] as const
}
