import { BatchError, type Batcher, RateLimiter } from 'jitney'
import { HttpError } from 'jitney/http'
import { type Embedding, embeddingsBatcher, moderationsBatcher } from 'jitney/openai'
import { deferred, ManualClock } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { sendJson } from '../support/http-server.ts'
import { startApi, tokensOf } from '../support/openai-server.ts'

const model = 'text-embedding-3-small'
const apiKey = 'secret'
const retry = { attempts: 3, minDelay: 0 }
const words = (count: number): string => Array<string>(count).fill('w').join(' ')

const causeOf = async (promise: Promise<unknown>): Promise<HttpError> => {
  const error = await promise.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(BatchError)
  const { cause } = error as BatchError
  expect(cause).toBeInstanceOf(HttpError)
  return cause as HttpError
}

describe('embeddingsBatcher()', () => {
  it('gives each caller its embedding, by index, and what the request cost', async () => {
    const api = await startApi()
    const embeddings = embeddingsBatcher({ model, apiKey, baseUrl: api.baseUrl, user: 'u' })
    const results = await embeddings.processAll(['a b', 'c', 'a b'])
    expect(results.map(({ embedding }) => embedding[0])).toEqual([3, 1, 3])
    expect(new Set(results.map(({ usage }) => usage)).size).toBe(1)
    expect(results[0]?.usage).toEqual({ promptTokens: 5, totalTokens: 5, inputs: 3 })
    expect(api.received[0]?.path).toBe('/v1/embeddings')
    expect(api.requests()).toEqual([
      { model, encoding_format: 'float', user: 'u', input: ['a b', 'c', 'a b'] },
    ])
  })

  it.each(['float', 'base64'] as const)('reads vectors that travel as %s', async (format) => {
    const api = await startApi()
    const { baseUrl } = api
    const options = { model, apiKey, baseUrl, encodingFormat: format, dimensions: 2 }
    const { embedding } = await embeddingsBatcher(options).process('abc')
    expect(embedding).toEqual([3, 0.5])
    expect(api.requests()[0]).toMatchObject({ encoding_format: format, dimensions: 2 })
  })

  it('keeps the query of the base URL, and sends headers instead of a key', async () => {
    const api = await startApi((_request, response) => {
      sendJson(response, { data: [{ index: 0, embedding: [1] }] })
      return true
    })
    const baseUrl = new URL('/openai/deployments/small?api-version=1', api.url)
    const headers = { 'api-key': 'secret' }
    const { usage } = await embeddingsBatcher({ model, baseUrl, headers }).process('a')
    expect(usage).toEqual({ promptTokens: 0, totalTokens: 0, inputs: 1 })
    const [request] = api.received
    expect(request?.path).toBe('/openai/deployments/small/embeddings?api-version=1')
    expect(request?.headers).toMatchObject({ 'api-key': 'secret' })
    expect(request?.headers).not.toHaveProperty('authorization')
  })

  it('keeps 2048 inputs a request', async () => {
    const api = await startApi()
    const embeddings = embeddingsBatcher({ model, apiKey, baseUrl: api.baseUrl })
    const inputs = Array.from({ length: 5000 }, (_, index) => `t${index}`)
    const results = await embeddings.processAll(inputs)
    expect(results.map(({ embedding }) => embedding[0])).toEqual(inputs.map(({ length }) => length))
    expect(api.requests().map(({ input }) => input.length)).toEqual([2048, 2048, 904])
  })

  it('keeps 300,000 tokens a request', async () => {
    const api = await startApi()
    const { baseUrl } = api
    const embeddings = embeddingsBatcher({ model, apiKey, baseUrl, countTokens: tokensOf })
    await embeddings.processAll(Array<string>(80).fill(words(8000)))
    expect(api.requests().map(({ input }) => input.length)).toEqual([37, 37, 6])
  })

  it('keeps them without a tokenizer too, by bytes', async () => {
    const api = await startApi()
    const embeddings = embeddingsBatcher({ model, apiKey, baseUrl: api.baseUrl })
    await embeddings.processAll([...Array<string>(40).fill(words(8000)), 'short'])
    expect(api.requests().map(({ input }) => input.length)).toEqual([36, 5])
  })

  it('refuses an input of more than 8192 tokens, an empty one and what is none, alone', async () => {
    const api = await startApi()
    const { baseUrl } = api
    const embeddings = embeddingsBatcher({ model, apiKey, baseUrl, countTokens: tokensOf })
    const inputs = [words(8192), words(8193), '', 7 as unknown as string]
    expect(await embeddings.processAllSettled(inputs)).toMatchObject([
      { status: 'fulfilled' },
      {
        reason: {
          code: 'JITNEY_OUT_OF_RANGE',
          message:
            "Cannot embed input: 'input' must be at most 8192 tokens, which is 'maxInputTokens', received 8193",
        },
      },
      { reason: { code: 'JITNEY_OUT_OF_RANGE', message: expect.stringContaining('not empty') } },
      { reason: { code: 'JITNEY_WRONG_TYPE' } },
    ])
    expect(api.received).toHaveLength(1)
  })

  it('isolates an input that is too long, where nothing counts tokens', async () => {
    const api = await startApi()
    const embeddings = embeddingsBatcher({ model, apiKey, baseUrl: api.baseUrl })
    const inputs = ['a', 'b', words(8193), 'c', words(8192)]
    const settled = await embeddings.processAllSettled(inputs)
    const [, , long] = settled
    expect(settled.map(({ status }) => status === 'fulfilled')).toEqual([
      true,
      true,
      false,
      true,
      true,
    ])
    expect(long).toMatchObject({ reason: { cause: { status: 400 } } })
  })

  it('counts the tokens of an input once, unless there is little room for the next', async () => {
    let remaining = 1_000_000
    const api = await startApi(
      () => false,
      () => ({
        'x-ratelimit-limit-tokens': '1000000',
        'x-ratelimit-remaining-tokens': String(remaining),
        'x-ratelimit-reset-tokens': '1ms',
      }),
    )
    let counts = 0
    const countTokens = (text: string): number => {
      counts += 1
      return tokensOf(text)
    }
    const { baseUrl } = api
    const embeddings = embeddingsBatcher({ model, apiKey, baseUrl, countTokens })
    await embeddings.processAll(['a', 'b'])
    expect(counts).toBe(2)
    remaining = 1000
    await embeddings.processAll(['a', 'b'])
    expect(counts).toBe(6)
  })

  it('sends texts and tokens in requests of their own', async () => {
    const api = await startApi()
    const { baseUrl } = api
    const embeddings = embeddingsBatcher<string | number[]>({ model, apiKey, baseUrl })
    const results = await embeddings.processAll(['ab', [1, 2, 3], 'c', [4]])
    expect(results.map(({ embedding }) => embedding[0])).toEqual([2, 3, 1, 1])
    const inputs = api.requests().map(({ input }) => input)
    expect(inputs).toHaveLength(2)
    expect(inputs).toEqual(
      expect.arrayContaining([
        ['ab', 'c'],
        [[1, 2, 3], [4]],
      ]),
    )
  })

  it('isolates one bad input among 2048', async () => {
    const api = await startApi()
    const embeddings = embeddingsBatcher({ model, apiKey, baseUrl: api.baseUrl })
    const inputs = Array.from({ length: 2048 }, (_, index) => (index === 1234 ? 'poison' : 'fine'))
    const settled = await embeddings.processAllSettled(inputs)
    const failed = settled.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))
    expect(failed).toEqual([1234])
    expect(settled[1234]).toMatchObject({
      reason: {
        code: 'JITNEY_BATCH_FAILED',
        cause: { status: 400, body: { error: { code: 'invalid_input' } } },
      },
    })
    expect(api.received).toHaveLength(1 + 2 * 11)
  })

  it.each([
    ['retry-after-ms before retry-after', { 'retry-after-ms': '1500', 'retry-after': '20' }, 1500],
    ['retry-after', { 'retry-after': '20' }, 20_000],
    [
      'x-ratelimit-reset-tokens',
      {
        'x-ratelimit-limit-tokens': '100',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '1m40s',
      },
      1000,
    ],
  ])('sends nothing again before %s', async (_name, headers, wait) => {
    const clock = new ManualClock()
    const refused = deferred()
    const api = await startApi((_request, response) => {
      if (api.received.length > 1) return false
      response.on('finish', () => refused.resolve())
      sendJson(response, { error: { code: 'rate_limit_exceeded' } }, 429, headers)
      return true
    })
    const { baseUrl } = api
    const embeddings = embeddingsBatcher({ model, apiKey, baseUrl, clock, concurrency: 2, retry })
    const first = embeddings.process('a')
    await refused.promise
    await untilQueued(embeddings, 1)
    const second = embeddings.process('b')
    await clock.advance(wait - 1)
    expect([embeddings.activeCount, embeddings.queuedCount]).toEqual([0, 2])
    await clock.advance(1)
    expect(await Promise.all([first, second])).toHaveLength(2)
  })

  it('waits for room that an answer says is not there', async () => {
    const clock = new ManualClock()
    const api = await startApi(
      () => false,
      () => ({
        'x-ratelimit-limit-requests': '60',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '1m0s',
      }),
    )
    const embeddings = embeddingsBatcher({ model, apiKey, baseUrl: api.baseUrl, clock })
    await embeddings.process('a')
    const second = embeddings.process('b')
    await clock.advance(999)
    expect([embeddings.activeCount, embeddings.queuedCount]).toEqual([0, 1])
    await clock.advance(1)
    await second
  })

  it('keeps to requests and tokens a minute, of failed requests too', async () => {
    const clock = new ManualClock()
    const api = await startApi((_request, response) => {
      if (api.received.length !== 1) return false
      sendJson(response, { error: { message: 'again' } }, 500)
      return true
    })
    const { baseUrl } = api
    const minute = { interval: 60_000, clock }
    const tokens = new RateLimiter({ limit: 10, of: 'weight', ...minute })
    const requests = new RateLimiter({ limit: 3, ...minute })
    const embeddings = embeddingsBatcher({
      model,
      apiKey,
      baseUrl,
      clock,
      retry,
      countTokens: tokensOf,
      concurrency: 4,
      rateLimit: [tokens, requests],
    })
    const all = embeddings.processAll([words(4), words(4), 'a b', words(6)])
    await untilQueued(embeddings, 4, 0)
    expect([embeddings.queuedCount, tokens.allowance]).toEqual([4, 0])
    await clock.advance(60_000)
    await untilQueued(embeddings, 1, 0)
    expect(api.requests().map(({ input }) => input.length)).toEqual([3, 3])
    await clock.advance(60_000)
    expect(await all).toHaveLength(4)
    expect(requests.allowance).toBe(2)
    expect(api.requests().map(({ input }) => input.length)).toEqual([3, 3, 1])
  })

  it('takes a limit of -1 as none', async () => {
    const api = await startApi(
      () => false,
      () => ({
        'x-ratelimit-limit-requests': '-1',
        'x-ratelimit-remaining-requests': '-1',
        'x-ratelimit-reset-requests': '0',
      }),
    )
    const { baseUrl } = api
    const embeddings = embeddingsBatcher({ model, apiKey, baseUrl, clock: new ManualClock() })
    await embeddings.process('a')
    expect((await embeddings.process('b')).embedding[0]).toBe(1)
  })

  it.each([408, 409, 429, 500, 502, 503, 504])(
    'sends all again after %i, whole',
    async (status) => {
      const api = await startApi((_request, response) => {
        if (api.received.length > 2) return false
        sendJson(response, { error: { message: 'again' } }, status)
        return true
      })
      const embeddings = embeddingsBatcher({ model, apiKey, baseUrl: api.baseUrl, retry })
      expect(await embeddings.processAll(['a', 'b'])).toHaveLength(2)
      expect(api.requests().map(({ input }) => input.length)).toEqual([2, 2, 2])
    },
  )

  it('sends all again when the connection is cut', async () => {
    const api = await startApi((_request, response) => {
      if (api.received.length > 1) return false
      response.destroy()
      return true
    })
    const embeddings = embeddingsBatcher({ model, apiKey, baseUrl: api.baseUrl, retry })
    expect(await embeddings.processAll(['a', 'b'])).toHaveLength(2)
  })

  it.each([
    [401, 'invalid_api_key'],
    [403, 'unsupported_country'],
    [404, 'model_not_found'],
    [429, 'insufficient_quota'],
  ])('asks once, and neither waits nor splits, after %i %s', async (status, code) => {
    const api = await startApi((_request, response) => {
      sendJson(response, { error: { message: 'no', code } }, status)
      return true
    })
    const embeddings = embeddingsBatcher({ model, apiKey, baseUrl: api.baseUrl, retry })
    const [first, second] = [embeddings.process('a'), embeddings.process('b')]
    expect(await causeOf(first)).toMatchObject({ status, body: { error: { code } } })
    expect(await causeOf(second)).toMatchObject({ status })
    expect(api.received).toHaveLength(1)
  })

  it.each([
    [{ data: [{ embedding: [1] }] }, 'index undefined'],
    [
      {
        data: [
          { index: 0, embedding: [] },
          { index: 0, embedding: [] },
        ],
      },
      'index 0',
    ],
    [
      {
        data: [
          { index: 0, embedding: [] },
          { index: 2, embedding: [] },
        ],
      },
      'index 2',
    ],
    [{ data: [{ index: 0, embedding: null }, { index: 1 }] }, 'null'],
    [{}, 'Object'],
  ])('takes no answer that does not fit: %j', async (answer, received) => {
    const api = await startApi((_request, response) => {
      sendJson(response, answer)
      return true
    })
    const embeddings = embeddingsBatcher({ model, apiKey, baseUrl: api.baseUrl })
    const [first, second] = [embeddings.process('a'), embeddings.process('b')]
    const error = await causeOf(first)
    expect(error.code).toBe('JITNEY_WRONG_ANSWER')
    expect(error.message).toContain(received)
    expect(await causeOf(second)).toBe(error)
  })

  it.each([
    [{}, "'model' must be a string, received undefined"],
    [{ model, apiKey: 7 }, "'apiKey' must be a string, received 7"],
    [{ model, dimensions: 0 }, "'dimensions' must be"],
    [{ model, encodingFormat: 'hex' }, "'encodingFormat' must be one of float, base64"],
    [{ model, baseUrl: 'api' }, "'baseUrl' must be an absolute"],
    [{ model, weight: [] }, "'option' must be one of"],
    [{ model, tokens: 1 }, "'option' must be one of"],
  ])('refuses wrong options: %j', (options, message) => {
    expect(() => embeddingsBatcher(options as never)).toThrow(
      `Cannot create embeddingsBatcher: ${message}`,
    )
  })
})

describe('embeddingsBatcher() of an answer that lacks some', () => {
  it('fails alone an input that the answer leaves out', async () => {
    const api = await startApi((_request, response) => {
      sendJson(response, {
        data: [
          { index: 2, embedding: [3] },
          { index: 0, embedding: [1] },
        ],
      })
      return true
    })
    const embeddings = embeddingsBatcher({ model, apiKey, baseUrl: api.baseUrl, retry })
    const settled = await embeddings.processAllSettled(['a', 'b', 'c'])
    expect(settled).toMatchObject([
      { value: { embedding: [1] } },
      { reason: { code: 'JITNEY_BATCH_FAILED', cause: { code: 'JITNEY_WRONG_ANSWER' } } },
      { value: { embedding: [3] } },
    ])
    expect(api.received).toHaveLength(1)
  })
})

describe('moderationsBatcher()', () => {
  it('gives each caller its own verdict', async () => {
    const api = await startApi()
    const moderations = moderationsBatcher({ model: 'omni', apiKey, baseUrl: api.baseUrl })
    const results = await moderations.processAll(['kind', 'rude!'])
    expect(results).toMatchObject([
      { flagged: false, categories: { harassment: false }, categoryScores: { harassment: 0.1 } },
      { flagged: true, categories: { harassment: true }, categoryScores: { harassment: 0.9 } },
    ])
    expect(api.received.map(({ path }) => path)).toEqual(['/v1/moderations'])
    expect(api.requests()).toEqual([{ model: 'omni', input: ['kind', 'rude!'] }])
  })

  it('isolates a bad text, and refuses an answer of another length', async () => {
    const api = await startApi(({ input }, response) => {
      if (!input.includes('short')) return false
      sendJson(response, { results: [] })
      return true
    })
    const moderations = moderationsBatcher({ model: 'omni', apiKey, baseUrl: api.baseUrl })
    const settled = await moderations.processAllSettled(['a', 'poison', 'b'])
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((await causeOf(moderations.process('short'))).code).toBe('JITNEY_WRONG_ANSWER')
  })
})

async function untilQueued(
  batcher: Batcher<string, Embedding>,
  queued: number,
  active = batcher.activeCount,
): Promise<void> {
  while (batcher.queuedCount < queued || batcher.activeCount > active)
    await new Promise((resolve) => void setImmediate(resolve))
}
