import { describe, expect, it } from 'vitest'
import { sendJson, startServer } from '../helpers/http-server.ts'
import { post, routesOf, startConfig } from '../helpers/start-config.ts'
import { until } from '../helpers/until.ts'

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

describe("A route of the kind 'http'", () => {
  it('sends an array for many requests, and gives each its result', async () => {
    const upstream = await startServer(({ body }, response) => {
      sendJson(
        response,
        (JSON.parse(body) as number[]).map((n) => n * n),
      )
    })
    const { url } = await startConfig({ squares: { kind: 'http', url: `${upstream.url}/squares` } })
    const answers = await Promise.all(numbers(50).map((n) => post(`${url}/squares`, n)))
    expect(answers.map(({ body }) => body)).toEqual(numbers(50).map((n) => n * n))
    expect(upstream.received.length).toBeLessThan(50)
    expect(upstream.received[0]).toMatchObject({ method: 'POST', url: '/squares' })
  })

  it('speaks of instances and predictions', async () => {
    const upstream = await startServer(({ body }, response) => {
      const { instances } = JSON.parse(body) as { instances: string[] }
      sendJson(response, { predictions: instances.map((text) => text.length) })
    })
    const { url } = await startConfig({
      lengths: { kind: 'http', url: upstream.url, format: 'instances' },
    })
    const answers = await Promise.all(['a', 'bcd'].map((text) => post(`${url}/lengths`, text)))
    expect(answers.map(({ body }) => body)).toEqual([1, 3])
  })

  it.each([[500], [404], [401], [302]])(
    'answers 502 when the server behind it answers %i, and follows it nowhere',
    async (status) => {
      const upstream = await startServer((_request, response) => {
        response.writeHead(status, { location: '/elsewhere' }).end('the secret of the house')
      })
      const { url, failures } = await startConfig({ run: { kind: 'http', url: upstream.url } })
      const answer = await post(`${url}/run`, 1)
      expect(answer).toMatchObject({ status: 502, body: { code: 'JITNEY_UPSTREAM_FAILED' } })
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
      expect(JSON.stringify(answer.body)).not.toMatch(/secret|127\.0\.0\.1/)
      expect(upstream.received.map((request) => request.url)).toEqual(['/'])
      expect(failures.join()).toContain(`answered ${status}`)
    },
  )

  it.each([
    ['of another length', (body: string) => body.replace('[', '[0,')],
    ['that is no array', () => '{}'],
    ['that is no JSON', () => 'hello'],
    ['that is too large', () => JSON.stringify(['x'.repeat(2000)])],
  ])('answers 502 to an answer %s', async (_what, answerOf) => {
    const upstream = await startServer(({ body }, response) => response.end(answerOf(body)))
    const { url } = await startConfig({
      run: { kind: 'http', url: upstream.url, maxAnswerSize: 1000 },
    })
    expect(await post(`${url}/run`, 1)).toMatchObject({ status: 502 })
  })

  it('answers 502 when nobody is there, or the connection is cut in the middle of an answer', async () => {
    const upstream = await startServer((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('[1')
      response.socket!.end()
    })
    const { url } = await startConfig({
      cut: { kind: 'http', url: upstream.url },
      gone: { kind: 'http', url: 'http://127.0.0.1:1/' },
    })
    expect(await post(`${url}/cut`, 1)).toMatchObject({ status: 502 })
    expect(await post(`${url}/gone`, 1)).toMatchObject({ status: 502 })
  })

  it('asks again after 429 and 503, and answers 503 with Retry-After when that does not help', async () => {
    const statuses = [429, 503, 200]
    const upstream = await startServer(({ body }, response) => {
      const status = statuses.shift() ?? 429
      response.writeHead(status, { 'retry-after': status === 200 ? '0' : '0.01' })
      response.end(body)
    })
    const retry = { attempts: 3, minDelay: 0 }
    const { url } = await startConfig({ run: { kind: 'http', url: upstream.url, retry } })
    expect(await post(`${url}/run`, 7)).toMatchObject({ status: 200, body: 7 })
    const refused = await post(`${url}/run`, 7)
    expect(refused).toMatchObject({ status: 503, body: { code: 'JITNEY_UPSTREAM_BUSY' } })
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(upstream.received.length).toBe(6)
  })

  it('answers 503 at once, with the time to wait, when the server wants to be left alone for long', async () => {
    const upstream = await startServer((_request, response) => {
      response.writeHead(503, { 'retry-after': '120' }).end()
    })
    const { url } = await startConfig({ run: { kind: 'http', url: upstream.url } })
    const refused = await post(`${url}/run`, 7)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('120')
    expect(upstream.received.length).toBe(1)
  })

  it('answers 504 when a batch takes too long', async () => {
    const upstream = await startServer(() => {})
    const { url } = await startConfig({ run: { kind: 'http', url: upstream.url, timeout: 50 } })
    expect(await post(`${url}/run`, 1)).toMatchObject({ status: 504 })
  })

  it.each([
    [true, 422],
    [false, 502],
  ])('where idempotent is %s, a bad item is answered %i', async (idempotent, status) => {
    const upstream = await startServer(({ body }, response) => {
      const items = JSON.parse(body) as string[]
      if (items.includes('bad')) response.writeHead(422).end('{"detail":"is bad"}')
      else sendJson(response, items)
    })
    const { url } = await startConfig({ run: { kind: 'http', url: upstream.url, idempotent } })
    const items = numbers(20).map((n) => (n === 11 ? 'bad' : `good ${n}`))
    const answers = await Promise.all(items.map((item) => post(`${url}/run`, item)))
    expect(answers[11]).toMatchObject({ status })
    const others = answers.filter((_answer, n) => n !== 11)
    expect(others.every((answer) => answer.status === 200 || !idempotent)).toBe(true)
  })

  it('passes on where a request belongs: its own trace, or the first of several', async () => {
    const upstream = await startServer(({ body }, response) => response.end(body))
    const { url, service } = await startConfig({
      run: { kind: 'http', url: upstream.url, maxQueueTime: 'Infinity', maxBatchSize: 2 },
    })
    const traceparent = (n: number): string => `00-${String(n).repeat(32)}-${'b'.repeat(16)}-01`
    const first = post(`${url}/run`, 1, { traceparent: traceparent(1), tracestate: 'vendor=a' })
    await until(() => service.stats().requests === 1)
    await Promise.all([first, post(`${url}/run`, 2, { traceparent: traceparent(2) })])
    expect(upstream.received[0]!.headers).toMatchObject({
      traceparent: traceparent(1),
      tracestate: 'vendor=a',
    })
    await Promise.all([
      post(`${url}/run`, 3, { traceparent: 'nonsense', authorization: 'Bearer of the client' }),
      post(`${url}/run`, 4),
    ])
    expect(upstream.received[1]!.headers).not.toHaveProperty('traceparent')
    expect(upstream.received[1]!.headers).not.toHaveProperty('authorization')
  })

  it('sends headers, those from the environment too, and refuses a variable that is not there', async () => {
    const upstream = await startServer(({ body }, response) => response.end(body))
    process.env['JITNEY_TEST_KEY'] = 'Bearer secret'
    const settings = { kind: 'http', url: upstream.url, headers: { 'X-Model': 'one' } }
    const headersFrom = { Authorization: 'JITNEY_TEST_KEY' }
    const { url } = await startConfig({ run: { ...settings, headersFrom } })
    await post(`${url}/run`, 1)
    expect(upstream.received[0]!.headers).toMatchObject({
      'x-model': 'one',
      authorization: 'Bearer secret',
    })
    delete process.env['JITNEY_TEST_KEY']
    await expect(routesOf({ run: { ...settings, headersFrom } })).rejects.toThrow(
      'Cannot take routes.run.headersFrom.Authorization: expected a value in the environment variable JITNEY_TEST_KEY',
    )
  })

  it('keeps the keys of its keyHeader apart', async () => {
    const upstream = await startServer(({ body }, response) => response.end(body))
    const { url } = await startConfig({
      run: { kind: 'http', url: upstream.url, keyHeader: 'X-Tenant' },
    })
    const items = numbers(20)
    const answers = await Promise.all(
      items.map((n) => post(`${url}/run`, n, { 'x-tenant': String(n % 2) })),
    )
    expect(answers.map(({ body }) => body)).toEqual(items)
    for (const { body } of upstream.received) {
      expect(new Set((JSON.parse(body) as number[]).map((n) => n % 2)).size).toBe(1)
    }
  })

  it('refuses bytes, and items that are larger than a request may be', async () => {
    const upstream = await startServer(({ body }, response) => response.end(body))
    const { url } = await startConfig({
      run: { kind: 'http', url: upstream.url, maxRequestSize: 100 },
    })
    expect(await post(`${url}/run`, 'x'.repeat(200))).toMatchObject({ status: 413 })
    const bytes = { 'content-type': 'application/octet-stream' }
    expect(await post(`${url}/run`, 1, bytes)).toMatchObject({ status: 415 })
  })

  it('is warm before the service is ready, or the service does not start', async () => {
    const upstream = await startServer(({ body }, response) => {
      if (body === '["bad"]') response.writeHead(500).end()
      else response.end(body)
    })
    const settings = { kind: 'http', url: upstream.url }
    const { service } = await startConfig({ run: { ...settings, warmUp: [1, 2] } })
    expect(upstream.received.map(({ body }) => body)).toEqual(['[1,2]'])
    expect(service.stats()).toMatchObject({ state: 'open', requests: 0 })
    await expect(startConfig({ run: { ...settings, warmUp: ['bad'] } })).rejects.toThrow(
      'Cannot warm up /run: Cannot send item: The server answered 500',
    )
  })

  it('stops a request for nobody', async () => {
    let isClosed = false
    const upstream = await startServer((_request, response) => {
      response.on('close', () => {
        isClosed = true
      })
    })
    const { url } = await startConfig({ run: { kind: 'http', url: upstream.url } })
    const controller = new AbortController()
    const { signal } = controller
    const asked = fetch(`${url}/run`, { method: 'POST', body: '1', signal })
    await until(() => upstream.received.length === 1)
    controller.abort()
    await expect(asked).rejects.toThrow('aborted')
    await until(() => isClosed)
  })

  it('streams its results', async () => {
    const upstream = await startServer(({ body }, response) => response.end(body))
    const { url } = await startConfig({ run: { kind: 'http', url: upstream.url } })
    const response = await fetch(`${url}/run/batch`, { method: 'POST', body: '[1,2,3]' })
    const lines = (await response.text()).trim().split('\n')
    expect(JSON.parse(lines.at(-1)!)).toEqual({ done: true, ok: 3, failed: 0 })
  })
})
