import { describe, expect, it, vi } from 'vitest'
import { defineBatch } from '../src/index.ts'
import { createService } from './helpers/start-service.ts'

/** The answer to one item whose batch function does this. */
async function answerOf(batchFunction: (items: unknown[]) => unknown[] | Promise<never>) {
  const { service, failures } = createService({ run: batchFunction })
  const answer = await service.app.inject({ method: 'POST', url: '/run', payload: '1' })
  const { statusCode: status, headers, body } = answer
  return { status, type: headers['content-type'], body, failures }
}

/** The answer to one item for which the batch function returns this. */
function answerTo(outcome: unknown) {
  return answerOf((items) => items.map(() => outcome))
}

function errorWith(properties: object, message = 'secret 4711'): Error {
  return Object.assign(new Error(message), properties)
}

describe('A problem', () => {
  it('is problem+json with type, title, status, detail and a stable code', async () => {
    const { status, type, body } = await answerTo(errorWith({ status: 422 }, 'Too long'))
    expect(status).toBe(422)
    expect(type).toMatch(/^application\/problem\+json/)
    expect(JSON.parse(body)).toEqual({
      type: 'about:blank',
      title: 'Unprocessable Entity',
      status: 422,
      detail: 'Too long',
      code: 'JITNEY_ITEM_FAILED',
    })
  })

  it.each([
    ['status', { status: 400 }, 400, true],
    ['statusCode', { statusCode: 404 }, 404, true],
    ['status before statusCode', { status: 409, statusCode: 404 }, 409, true],
    ['a usable one of the two', { status: 'no', statusCode: 404 }, 404, true],
    ['a 5xx without its message', { status: 503 }, 503, false],
    ['a 5xx with its message if it says so', { status: 503, expose: true }, 503, true],
    ['a 4xx without its message if it says so', { status: 400, expose: false }, 400, false],
    ['500 without a status', {}, 500, false],
    ['500 for a status that is no error', { status: 200 }, 500, false],
    ['500 for a status beyond 599', { status: 600 }, 500, false],
    ['500 for a fraction', { status: 400.5 }, 500, false],
  ])("of an item's own error takes %s", async (_, properties, status, shown) => {
    const answer = await answerTo(errorWith(properties))
    expect(answer.status).toBe(status)
    expect(answer.body.includes('secret 4711')).toBe(shown)
  })

  it.each([
    ['an error', new Error('secret 4711', { cause: new Error('secret 4711') })],
    ['an error with a status', errorWith({ status: 400 })],
    ['a string', 'secret 4711'],
    ['nothing', undefined],
    ['an object that cannot be text', Object.create(null)],
  ])('of a batch that failed with %s is 500 and tells nothing of the inside', async (_, reason) => {
    const { status, body, failures } = await answerOf(vi.fn().mockRejectedValue(reason))
    expect(status).toBe(500)
    expect(JSON.parse(body)).toMatchObject({ code: 'JITNEY_BATCH_FAILED' })
    expect(body).not.toMatch(/secret|at |\.ts/)
    expect(failures).toHaveLength(1)
    expect(failures[0]).toMatch(/^\/run failed: /)
  })

  it('of results that do not fit the items is 500, and the log says what came', async () => {
    const { service, failures } = createService({ run: () => 'no' })
    const answer = await service.app.inject({ method: 'POST', url: '/run', payload: '1' })
    expect(answer.json()).toMatchObject({ status: 500, code: 'JITNEY_BATCH_FAILED' })
    expect(failures.join()).toContain('received "no"')
  })

  it('rejects only the item that failed', async () => {
    const { service } = createService({
      run: defineBatch(
        (items: number[]) => items.map((item) => (item === 2 ? errorWith({ status: 400 }) : item)),
        { maxBatchSize: 3, maxQueueTime: Infinity },
      ),
    })
    const answers = await Promise.all(
      ['1', '2', '3'].map((payload) =>
        service.app.inject({ method: 'POST', url: '/run', payload }),
      ),
    )
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 400, 200])
  })

  it('of a batch that takes too long is 504', async () => {
    const { service } = createService({
      run: defineBatch(() => new Promise<unknown[]>(() => {}), { timeout: 5 }),
    })
    const answer = await service.app.inject({ method: 'POST', url: '/run', payload: '1' })
    expect(answer.json()).toMatchObject({ status: 504, code: 'JITNEY_BATCH_TIMEOUT' })
  })

  it('is 404 on an unknown path, and names the routes', async () => {
    const { service } = createService({ run: (items: unknown[]) => items })
    for (const url of [
      '/',
      '/Run',
      '/run/',
      '/run/batch/',
      '/%2e',
      '//run',
      '/run%00',
      '/constructor',
    ]) {
      const answer = await service.app.inject({ method: 'POST', url, payload: '1' })
      expect(answer.json()).toMatchObject({ status: 404, code: 'JITNEY_ROUTE_UNKNOWN' })
      expect(answer.body).toContain('POST /run')
    }
  })

  it('is 400 on a path that is not one', async () => {
    const { service } = createService({ run: (items: unknown[]) => items })
    const answer = await service.app.inject({ method: 'POST', url: '/%zz', payload: '1' })
    expect(answer.json()).toMatchObject({ status: 400, code: 'JITNEY_BAD_REQUEST' })
  })

  it.each([
    'GET',
    'HEAD',
    'PUT',
    'DELETE',
    'PATCH',
    'OPTIONS',
    'TRACE',
    'PROPFIND',
    'SEARCH',
  ] as const)('is 405 with what is allowed on %s', async (method) => {
    const { service } = createService({ run: (items: unknown[]) => items })
    const answer = await service.app.inject({ method: method as 'GET', url: '/run?x=1' })
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'POST'])
    if (method === 'GET' || method === 'HEAD') return
    const probe = await service.app.inject({ method: method as 'PUT', url: '/healthz' })
    expect([probe.statusCode, probe.headers.allow]).toEqual([405, 'GET, HEAD'])
  })

  it.each(['', ' ', '{', '12 13', 'hello', "{'a':1}", 'NaN', 'undefined', '[1,]', '\u0000'])(
    'is 400 on the body %j',
    async (payload) => {
      const { service } = createService({ run: (items: unknown[]) => items })
      const answer = await service.app.inject({ method: 'POST', url: '/run', payload })
      const code = payload === '' ? 'JITNEY_BODY_EMPTY' : 'JITNEY_BODY_NOT_JSON'
      expect(answer.json()).toMatchObject({ status: 400, code })
    },
  )

  it('is 400 on an empty body of bytes', async () => {
    const { service } = createService({ run: (items: unknown[]) => items })
    const headers = { 'content-type': 'application/octet-stream' }
    const answer = await service.app.inject({ method: 'POST', url: '/run', headers, payload: '' })
    expect(answer.json()).toMatchObject({ status: 400, code: 'JITNEY_BODY_EMPTY' })
  })

  it('is 400 on bytes that are no text', async () => {
    const { service } = createService({ run: (items: unknown[]) => items })
    const payload = Buffer.from([0x22, 0xff, 0xfe, 0x22])
    const answer = await service.app.inject({ method: 'POST', url: '/run', payload })
    expect(answer.json()).toMatchObject({ status: 400, code: 'JITNEY_BODY_NOT_JSON' })
  })

  it('is 400 on what would change a prototype, however it is written', async () => {
    const seen: unknown[] = []
    const { service } = createService({ run: (items: unknown[]) => (seen.push(...items), items) })
    for (const payload of [
      '{"__proto__":{"a":1}}',
      '[{"b":{"__proto__":null}}]',
      String.raw`{"\u005f_proto__":{"a":1}}`,
      '{"constructor":{"prototype":{"a":1}}}',
    ]) {
      const answer = await service.app.inject({ method: 'POST', url: '/run', payload })
      expect(answer.json()).toMatchObject({ status: 400, code: 'JITNEY_BODY_NOT_JSON' })
    }
    expect(seen).toEqual([])
    expect(({} as { a?: number }).a).toBeUndefined()
  })

  it('is 400 on nesting beyond 1000 levels, and only there', async () => {
    const { service } = createService({ run: (items: unknown[]) => items })
    const send = async (payload: string): Promise<number> =>
      (await service.app.inject({ method: 'POST', url: '/run', payload })).statusCode
    expect(await send('['.repeat(1000) + ']'.repeat(1000))).toBe(200)
    expect(await send('['.repeat(1001) + ']'.repeat(1001))).toBe(400)
    expect(await send('{"a":'.repeat(1001) + '1' + '}'.repeat(1001))).toBe(400)
    expect(await send('['.repeat(500_000))).toBe(400)
    expect(await send(JSON.stringify('['.repeat(2000)))).toBe(200)
    expect(await send(JSON.stringify(`"\\${'{'.repeat(2000)}\\\\"`))).toBe(200)
    expect(await send(JSON.stringify(Array.from({ length: 2000 }, () => [{}])))).toBe(200)
  })
})

describe('The log', () => {
  it('has the failure of a batch once, with its causes and where they came from', async () => {
    const { service, failures } = createService({
      run: defineBatch(
        () => {
          throw new Error('insert failed', { cause: new Error('disk full') })
        },
        { maxBatchSize: 5, maxQueueTime: Infinity },
      ),
    })
    const send = () => service.app.inject({ method: 'POST', url: '/run', payload: '1' })
    await Promise.all([send(), send(), send(), send(), send()])
    expect(failures).toHaveLength(1)
    expect(failures[0]).toMatch(/Error: insert failed\n +at .*problems\.test\.ts/)
    expect(failures[0]).toContain('caused by: Error: disk full')
    await service.stop()
    expect(failures[1]).toBe('(4 more of the kind)')
  })

  it('has nothing of items that were refused, and no payload', async () => {
    const { failures } = await answerTo(errorWith({ status: 400, payload: 'secret' }))
    expect(failures).toEqual([])
    const { failures: some } = await answerTo(errorWith({ payload: 'hidden' }))
    expect(some).toHaveLength(1)
    expect(some[0]).not.toContain('hidden')
  })
})
