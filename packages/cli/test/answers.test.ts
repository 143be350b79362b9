import { describe, expect, it } from 'vitest'
import { defineBatch } from '../src/index.ts'
import { createService } from './helpers/start-service.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded' }

function service(results: (items: unknown[]) => unknown[]) {
  return createService({ run: results }).service.app
}

describe('POST /NAME', () => {
  it('answers one item with its result, as curl sends it by default', async () => {
    const app = service((items) => items.map((item) => Number(item) ** 2))
    const { statusCode, body, headers } = await app.inject({
      method: 'POST',
      url: '/run',
      headers: form,
      payload: '12',
    })
    expect({ statusCode, body }).toEqual({ statusCode: 200, body: '144' })
    expect(headers['content-type']).toBe('application/json; charset=utf-8')
  })

  it.each([
    ['no content type', {}],
    ['form data', form],
    ['JSON', { 'content-type': 'application/json' }],
    ['a type of its own', { 'content-type': 'application/vnd.thing+json; a=b' }],
    ['text', { 'content-type': 'text/plain; charset=utf-8' }],
    ['a type that is none', { 'content-type': ';;;===' }],
    ['an empty type', { 'content-type': '' }],
  ])('reads the body as JSON when it says %s', async (_, headers) => {
    const app = service((items) => items)
    const answer = await app.inject({
      method: 'POST',
      url: '/run',
      headers,
      payload: Buffer.from('{"a":[1,null,"ü"]}'),
    })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({ a: [1, null, 'ü'] })
  })

  it.each(['null', 'false', '0', '""', '[]', '{}', '"text"', ' 1 ', '\ufeff1'])(
    'takes %j for an item',
    async (payload) => {
      const app = service((items) => items)
      const answer = await app.inject({ method: 'POST', url: '/run', payload })
      expect(answer.statusCode).toBe(200)
      expect(answer.json()).toEqual(JSON.parse(payload.replace('\ufeff', '')))
    },
  )

  it('hands bytes over as bytes and answers bytes with bytes', async () => {
    const app = service((items) => items.map((item) => (item as Buffer).toReversed()))
    const answer = await app.inject({
      method: 'POST',
      url: '/run',
      headers: { 'content-type': 'Application/Octet-Stream; x=y' },
      payload: Buffer.from([0, 255, 10, 13]),
    })
    expect(answer.headers['content-type']).toBe('application/octet-stream')
    expect([...answer.rawPayload]).toEqual([13, 10, 255, 0])
  })

  it('answers undefined with 204 and no body', async () => {
    const app = createService({ run: () => {} }).service.app
    const answer = await app.inject({ method: 'POST', url: '/run', payload: '1' })
    expect([answer.statusCode, answer.body]).toEqual([204, ''])
  })

  it.each([
    ['a BigInt', 1n],
    ['a function', () => {}],
    ['a symbol', Symbol('x')],
    ['what refuses to be JSON', { toJSON: () => JSON.parse('{') as unknown }],
  ])('answers 500 to the one caller whose result is %s', async (_, result) => {
    const { service: started, failures } = createService({
      run: defineBatch(
        (items: unknown[]) => items.map((item) => (item === 'bad' ? result : item)),
        {
          maxQueueTime: Infinity,
          maxBatchSize: 2,
        },
      ),
    })
    const [bad, good] = await Promise.all([
      started.app.inject({ method: 'POST', url: '/run', payload: '"bad"' }),
      started.app.inject({ method: 'POST', url: '/run', payload: '"good"' }),
    ])
    expect([bad.statusCode, good.statusCode, good.json()]).toEqual([500, 200, 'good'])
    expect(bad.json()).toMatchObject({ status: 500, code: 'JITNEY_RESULT_NOT_JSON' })
    expect(failures).toHaveLength(1)
  })

  it('answers 500 to a result that contains itself', async () => {
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    const app = service((items) => items.map(() => loop))
    const answer = await app.inject({ method: 'POST', url: '/run', payload: '1' })
    expect(answer.json()).toMatchObject({ status: 500, code: 'JITNEY_RESULT_NOT_JSON' })
  })

  it('ignores a query', async () => {
    const app = service((items) => items)
    const answer = await app.inject({ method: 'POST', url: '/run?a=1&__proto__=2', payload: '1' })
    expect(answer.body).toBe('1')
  })

  it('repeats a harmless request id and replaces any other', async () => {
    const app = service((items) => items)
    const send = async (id?: string | string[]): Promise<unknown> => {
      const headers = id === undefined ? {} : { 'x-request-id': id }
      const answer = await app.inject({ method: 'POST', url: '/run', headers, payload: '1' })
      return answer.headers['x-request-id']
    }
    const made = /^[\da-f]{8}-[\da-f-]{27}$/
    expect(await send('order-1/2:3')).toBe('order-1/2:3')
    expect(await send()).toMatch(made)
    expect(await send('')).toMatch(made)
    expect(await send('a b')).toMatch(made)
    expect(await send('a"b')).toMatch(made)
    expect(await send('x'.repeat(129))).toMatch(made)
    expect(await send(['a', 'b'])).toMatch(made)
  })
})

describe('GET /healthz, /readyz, /stats', () => {
  it('answers who watches, with HEAD as well', async () => {
    const app = service((items) => items)
    await app.inject({ method: 'POST', url: '/run', payload: '1' })
    expect((await app.inject('/healthz')).json()).toEqual({ status: 'ok' })
    expect((await app.inject('/readyz')).json()).toEqual({ status: 'ready' })
    expect((await app.inject('/stats')).json()).toMatchObject({
      state: 'open',
      requests: 1,
      batches: 1,
      routes: { run: { requests: 1, batches: 1, items: 1, queued: 0, active: 0, fulfilled: 1 } },
    })
    for (const url of ['/healthz', '/readyz', '/stats']) {
      const head = await app.inject({ method: 'HEAD', url })
      expect([head.statusCode, head.body]).toEqual([200, ''])
    }
  })

  it('counts requests and batches of all routes together and of each', async () => {
    const app = createService({
      one: (items: unknown[]) => items,
      two: (items: unknown[]) => items,
    }).service.app
    for (const url of ['/one', '/two', '/two'])
      await app.inject({ method: 'POST', url, payload: '1' })
    expect((await app.inject('/stats')).json()).toMatchObject({
      requests: 3,
      batches: 3,
      routes: { one: { requests: 1 }, two: { requests: 2 } },
    })
  })
})
