import { describe, expect, it, onTestFinished } from 'vitest'
import { type ApiServer, startApi, tokensOf, vectorOf } from '../helpers/openai-server.ts'
import { post, routesOf, startConfig, startRoutes } from '../helpers/start-config.ts'
import { until } from '../helpers/until.ts'

const model = 'text-embedding-3-small'
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

interface Answer {
  readonly data: readonly { readonly index: number; readonly embedding: number[] | string }[]
  readonly model: string
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number }
}

async function start(
  api: ApiServer,
  settings: object = {},
  options: object = {},
): Promise<{
  ask: (
    request: object,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<{ status: number; headers: Headers; body: Answer }>
}> {
  process.env['JITNEY_TEST_KEY'] = 'secret'
  const route = { kind: 'openai-embeddings', url: api.baseUrl, apiKeyFrom: 'JITNEY_TEST_KEY' }
  const { url } = await startConfig({ embed: { ...route, ...settings } }, options)
  return {
    ask: (request, headers) => post(`${url}/v1/embeddings`, request, headers) as never,
  }
}

describe("A route of the kind 'openai-embeddings'", () => {
  it('answers each request with the embeddings of its own inputs, in order, from few upstream requests', async () => {
    const api = await startApi()
    const { ask } = await start(api, { tokenizer: 'cl100k_base' })
    const requests = numbers(40).map((n) => numbers(1 + (n % 5)).map((m) => `${n} input ${m}`))
    const answers = await Promise.all(requests.map((input) => ask({ model, input })))
    for (const [n, { status, body }] of answers.entries()) {
      const input = requests[n]!
      const tokens = input.reduce((sum, each) => sum + tokensOf(each), 0)
      expect(status).toBe(200)
      expect(body).toEqual({
        object: 'list',
        data: input.map((each, index) => ({
          object: 'embedding',
          index,
          embedding: vectorOf(each),
        })),
        model: `${model}-v1`,
        usage: { prompt_tokens: tokens, total_tokens: tokens },
      })
    }
    expect(api.received.length).toBeLessThan(requests.length)
    expect(api.received[0]!.headers.authorization).toBe('Bearer secret')
  })

  it('divides usage so that it sums up, without a tokenizer too', async () => {
    const api = await startApi()
    const { ask } = await start(api, { concurrency: 1 })
    const answers = await Promise.all(
      numbers(50).map((n) => ask({ model, input: 'word, and some more! '.repeat(1 + (n % 7)) })),
    )
    const usage = answers.map(({ body }) => body.usage)
    expect(usage.reduce((sum, each) => sum + each.prompt_tokens, 0)).toBe(api.tokens())
    expect(usage.reduce((sum, each) => sum + each.total_tokens, 0)).toBe(api.tokens())
  })

  it('takes a text, texts, tokens, and arrays of tokens', async () => {
    const api = await startApi()
    const { ask } = await start(api)
    const inputs = ['text', ['one', 'two'], [1, 2, 3], [[4, 5], [6]]]
    const answers = await Promise.all(inputs.map((input) => ask({ model, input })))
    const vectors = answers.map(({ body }) => body.data.map(({ embedding }) => embedding))
    expect(vectors).toEqual([
      [vectorOf('text')],
      [vectorOf('one'), vectorOf('two')],
      [vectorOf([1, 2, 3])],
      [vectorOf([4, 5]), vectorOf([6])],
    ])
  })

  it('keeps models and parameters apart, and passes them on', async () => {
    const api = await startApi()
    const { ask } = await start(api)
    const sets = [
      { model: 'one' },
      { model: 'two' },
      { model: 'two', dimensions: 2 },
      { model: 'two', user: 'u' },
      { model: 'two', encoding_format: 'base64' },
    ]
    const answers = await Promise.all(
      numbers(25).map((n) => ask({ ...sets[n % 5], input: `${n}` })),
    )
    for (const [n, { body }] of answers.entries()) {
      const vector = vectorOf(`${n}`).slice(0, sets[n % 5]!.dimensions)
      const bytes = Buffer.from(Float32Array.from(vector).buffer).toString('base64')
      expect(body.data[0]!.embedding).toEqual(n % 5 === 4 ? bytes : vector)
      expect(body.model).toBe(`${sets[n % 5]!.model}-v1`)
    }
    for (const { input, ...parameters } of api.requests()) {
      expect(sets).toContainEqual(parameters)
      expect(new Set(input.map((each) => Number(each) % 5)).size).toBe(1)
    }
  })

  it('keeps the limits of the API: 2048 inputs, 300,000 tokens, 8192 an input', async () => {
    const api = await startApi()
    const { ask } = await start(api, { concurrency: 1 }, { maxBodySize: 10_000_000 })
    const texts = await ask({ model, input: numbers(3000).map((n) => `t${n}`) })
    expect(texts.body.data.map(({ embedding }) => embedding)).toEqual(
      numbers(3000).map((n) => vectorOf(`t${n}`)),
    )
    const tokens = numbers(50).map((n) => Array.from({ length: 8192 }, () => n))
    const [long, longer] = await Promise.all([
      ask({ model, input: tokens }),
      ask({ model, input: [Array.from({ length: 8193 }, () => 1)] }),
    ])
    expect(long.body.data.length).toBe(50)
    expect(long.body.usage.prompt_tokens).toBe(50 * 8192)
    expect(longer).toMatchObject({
      status: 400,
      body: { error: { type: 'invalid_request_error', param: 'input' } },
    })
    const sizes = api.requests().map(({ input }) => input.length)
    expect(Math.max(...sizes)).toBe(2048)
    const sums = api
      .requests()
      .map(({ input }) => input.reduce((sum, each) => sum + tokensOf(each), 0))
    expect(Math.max(...sums)).toBeLessThanOrEqual(300_000)
  })

  it('fails only the caller of a bad input, in the words of the API', async () => {
    const api = await startApi()
    const { ask } = await start(api)
    const answers = await Promise.all(
      numbers(30).map((n) => ask({ model, input: n === 17 ? ['fine', 'poison'] : `${n}` })),
    )
    expect(answers[17]).toMatchObject({
      status: 400,
      body: { error: { message: 'poison is no input', code: 'invalid_input', param: null } },
    })
    expect(answers.filter(({ status }) => status === 200).length).toBe(29)
  })

  it.each([
    [{ input: 'x' }, 'model'],
    [{ model: '', input: 'x' }, 'model'],
    [{ model }, 'input'],
    [{ model, input: '' }, 'input'],
    [{ model, input: [] }, 'input'],
    [{ model, input: ['a', ''] }, 'input'],
    [{ model, input: ['a', 1] }, 'input'],
    [{ model, input: [[]] }, 'input'],
    [{ model, input: { a: 1 } }, 'input'],
    [{ model, input: 'x', dimensions: 0 }, 'dimensions'],
    [{ model, input: 'x', encoding_format: 'hex' }, 'encoding_format'],
    [[], 'input'],
  ])('refuses %j before it is sent', async (request, param) => {
    const api = await startApi()
    const { ask } = await start(api)
    const answer = await ask(request)
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { type: 'invalid_request_error', param } },
    })
    expect(api.received).toEqual([])
  })

  it('answers errors of this service in the same shape', async () => {
    const { url } = await startConfig({
      embed: { kind: 'openai-embeddings', url: 'http://127.0.0.1:1/v1', retry: { attempts: 1 } },
    })
    const broken = await fetch(`${url}/v1/embeddings`, { method: 'POST', body: '{' })
    expect(broken.status).toBe(400)
    expect(await broken.json()).toMatchObject({ error: { code: 'JITNEY_BODY_NOT_JSON' } })
    const failed = await post(`${url}/v1/embeddings`, { model, input: 'x' })
    expect(failed).toMatchObject({
      status: 502,
      body: { error: { type: 'server_error', code: 'JITNEY_UPSTREAM_FAILED' } },
    })
    expect(JSON.stringify(failed.body)).not.toContain('127.0.0.1')
  })

  it('asks again after 429 and 500, and answers 503 with Retry-After when that does not help', async () => {
    const statuses = [429, 500]
    const api = await startApi((_request, response) => {
      const status = statuses.shift()
      if (status === undefined) return false
      response.writeHead(status, { 'retry-after-ms': '1' }).end('{"error":{"message":"no"}}')
      return true
    })
    const { ask } = await start(api, { retry: { attempts: 3, minDelay: 0 } })
    expect(await ask({ model, input: 'x' })).toMatchObject({ status: 200 })
    statuses.push(429, 429, 429)
    const refused = await ask({ model, input: 'x' })
    expect(refused).toMatchObject({
      status: 503,
      body: { error: { code: 'JITNEY_UPSTREAM_BUSY' } },
    })
    expect(refused.headers.get('retry-after')).toBe('1')
  })

  it('passes on the key of each client if it is told to, and mixes none', async () => {
    const api = await startApi()
    const { ask } = await start(api, { apiKeyFrom: undefined, passAuthorization: true })
    const answers = await Promise.all(
      numbers(20).map((n) =>
        ask({ model, input: `${n}` }, { authorization: n % 2 ? 'Bearer secret' : 'Bearer wrong' }),
      ),
    )
    expect(answers).toMatchObject(
      numbers(20).map((n) =>
        n % 2
          ? { status: 200, body: { data: [{ embedding: vectorOf(`${n}`) }] } }
          : { status: 401, body: { error: { code: 'invalid_api_key' } } },
      ),
    )
    expect(await ask({ model, input: 'x' })).toMatchObject({ status: 401 })
  })

  it("tells nothing of the service's own key when that is wrong", async () => {
    const api = await startApi((_request, response) => {
      response.writeHead(401).end('{"error":{"message":"Incorrect API key provided: sec***"}}')
      return true
    })
    const { ask } = await start(api)
    const answer = await ask({ model, input: 'x' })
    expect(answer).toMatchObject({ status: 502 })
    expect(JSON.stringify(answer.body)).not.toContain('sec***')
  })

  it('tells of a model that does not exist', async () => {
    const { ask } = await start(await startApi())
    expect(await ask({ model: 'unknown', input: 'x' })).toMatchObject({
      status: 404,
      body: { error: { code: 'model_not_found' } },
    })
  })

  it('sends no more of a request that has failed, nor of a client that went away', async () => {
    const held: (() => void)[] = []
    const api = await startApi(({ input }, response) => {
      if (input.includes('hold')) held.push(() => response.end('{"data":[{"embedding":[1]}]}'))
      else response.writeHead(400).end('{"error":{"message":"no"}}')
      return true
    })
    const settings = { maxBatchSize: 1, concurrency: 1, maxQueueSize: 2 }
    const { ask } = await start(api, settings)
    const first = ask({ model, input: 'hold' })
    await until(() => held.length === 1)
    expect(await ask({ model, input: ['a', 'b', 'c'] })).toMatchObject({ status: 503 })
    held[0]!()
    expect(await first).toMatchObject({ status: 200 })
    expect(await ask({ model, input: 'last' })).toMatchObject({ status: 400 })
    expect(api.requests().map(({ input }) => input)).toEqual([['hold'], ['last']])
  })

  it('passes on the trace of a request', async () => {
    const api = await startApi()
    const { ask } = await start(api)
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
    await ask({ model, input: 'x' }, { traceparent })
    expect(api.received[0]!.headers['traceparent']).toBe(traceparent)
  })

  it('makes base64 of what a server sends that does not know it', async () => {
    const api = await startApi((_request, response) => {
      response.end('{"data":[{"embedding":[1,2]}],"model":"m"}')
      return true
    })
    const { ask } = await start(api)
    const { body } = await ask({ model, input: 'x', encoding_format: 'base64' })
    expect(body.data[0]!.embedding).toBe('AACAPwAAAEA=')
    expect(body.usage).toEqual({ prompt_tokens: 0, total_tokens: 0 })
  })

  it('fails the caller of an input that the answer leaves out, and no other', async () => {
    const api = await startApi(({ input }, response) => {
      const data = input.flatMap((each, index) =>
        each === 'gap' ? [] : [{ index, embedding: vectorOf(each) }],
      )
      response.end(JSON.stringify({ data, model: 'm' }))
      return true
    })
    const { ask } = await start(api, { maxQueueTime: 'Infinity', maxBatchSize: 3 })
    const answers = await Promise.all(['a', 'gap', 'bc'].map((input) => ask({ model, input })))
    expect(answers.map(({ status }) => status)).toEqual([200, 502, 200])
    expect(answers[2]!.body.data[0]!.embedding).toEqual(vectorOf('bc'))
  })

  it('is refused with two keys, with none where one is named, and with a token for clients', async () => {
    const route = { kind: 'openai-embeddings' }
    const both = { ...route, apiKeyFrom: 'A', passAuthorization: true }
    await expect(routesOf({ a: both })).rejects.toThrow('received both')
    await expect(routesOf({ a: { ...route, apiKeyFrom: 'JITNEY_TEST_NOTHING' } })).rejects.toThrow(
      'Cannot take routes.a.apiKeyFrom: expected a value in the environment variable JITNEY_TEST_NOTHING',
    )
    const { routes } = await routesOf({ a: { ...route, passAuthorization: true } })
    await expect(startRoutes(routes, { token: 'secret' })).rejects.toThrow(
      'passAuthorization must be false with a token',
    )
    const { routes: two } = await routesOf({ a: route, b: route })
    await expect(startRoutes(two)).rejects.toThrow('a has the path /v1/embeddings already')
    onTestFinished(() => {
      delete process.env['JITNEY_TEST_KEY']
    })
  })
})
