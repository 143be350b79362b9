/** OpenAI's own client, unchanged, against `jitney serve` in front of a server like the API. */
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, startApi, tokensOf, vectorOf } from './api.ts'
import { type RunningService, startService } from './service.ts'

const model = 'text-embedding-3-small'

let api: Api
let service: RunningService
let client: OpenAI

beforeAll(async () => {
  api = await startApi()
  const route = { kind: 'openai-embeddings', url: api.url, apiKeyFrom: 'UPSTREAM_KEY' }
  service = await startService({ embeddings: route }, { UPSTREAM_KEY: 'upstream' })
  client = new OpenAI({ baseURL: `${service.url}/v1`, apiKey: 'unused', maxRetries: 0 })
})
afterAll(async () => {
  await service.stop()
  api.close()
})

describe("OpenAI's client", () => {
  it.each([['float'], ['base64'], [undefined]] as const)(
    'gets embeddings, encoding %s, each caller its own and in order',
    async (encoding) => {
      const before = api.requests.length
      const inputs = Array.from({ length: 60 }, (_, n) =>
        Array.from({ length: 1 + (n % 4) }, (_each, m) => `${n} says ${m}`),
      )
      const answers = await Promise.all(
        inputs.map((input) =>
          client.embeddings.create({
            model,
            input,
            ...(encoding && { encoding_format: encoding }),
          }),
        ),
      )
      for (const [n, { data, usage }] of answers.entries()) {
        const vectors = data.map(({ embedding }) =>
          encoding === 'base64' ? fromBase64(embedding as never) : embedding,
        )
        expect(vectors).toEqual(inputs[n]!.map(vectorOf))
        expect(data.map(({ index }) => index)).toEqual(inputs[n]!.map((_, index) => index))
        expect(usage.prompt_tokens).toBe(usage.total_tokens)
      }
      const spent = answers.reduce((sum, { usage }) => sum + usage.prompt_tokens, 0)
      const all = inputs.flat().reduce((sum, text) => sum + tokensOf(text), 0)
      expect(spent).toBe(all)
      expect(api.requests.length - before).toBeLessThan(60)
    },
  )

  it('gets the error of its own bad input, and no other caller does', async () => {
    const inputs = Array.from({ length: 20 }, (_, n) => (n === 7 ? 'poison' : `good ${n}`))
    const answers = await Promise.allSettled(
      inputs.map((input) => client.embeddings.create({ model, input })),
    )
    const failed = answers.flatMap((answer, n) => (answer.status === 'rejected' ? [n] : []))
    expect(failed).toEqual([7])
    const { reason } = answers[7] as PromiseRejectedResult
    expect(reason).toBeInstanceOf(OpenAI.BadRequestError)
    expect(reason).toMatchObject({
      status: 400,
      code: 'invalid_input',
      type: 'invalid_request_error',
    })
  })

  it('may send more than the API takes at once', async () => {
    const input = Array.from({ length: 5000 }, (_, n) => `input ${n}`)
    const { data, usage } = await client.embeddings.create({ model, input })
    expect(data.map(({ embedding }) => embedding)).toEqual(input.map(vectorOf))
    expect(usage.prompt_tokens).toBe(10_000)
    expect(Math.max(...api.requests.map((request) => request.input.length))).toBeLessThan(2049)
  })

  it('is refused in its own words', async () => {
    await expect(client.embeddings.create({ model, input: '' })).rejects.toBeInstanceOf(
      OpenAI.BadRequestError,
    )
  })
})

function fromBase64(text: string): number[] {
  const bytes = Buffer.from(text, 'base64')
  return Array.from({ length: bytes.length / 4 }, (_, place) => bytes.readFloatLE(place * 4))
}
