import { BatchError, type Batcher, BatchTimeoutError, outcome } from 'jitney'
import { HttpError, httpBatcher } from 'jitney/http'
import { deferred, ManualClock } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { type Received, sendJson, startServer } from '../support/http-server.ts'

const double = ({ body }: Received): number[] => (JSON.parse(body) as number[]).map((n) => n * 2)

const failureOf = async (promise: Promise<unknown>): Promise<HttpError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(BatchError)
  const { cause } = error as BatchError
  expect(cause).toBeInstanceOf(HttpError)
  return cause as HttpError
}

describe('httpBatcher()', () => {
  it('sends one request for many callers, and matches results by position', async () => {
    const server = await startServer((request, response) => sendJson(response, double(request)))
    const doubles = httpBatcher<number, number>(new URL('/double', server.url), {
      headers: () => ({ authorization: 'Bearer t' }),
    })
    expect(await doubles.processAll([3, 1, 3])).toEqual([6, 2, 6])
    const [request] = server.received
    expect(server.received).toHaveLength(1)
    expect(request).toMatchObject({ method: 'POST', path: '/double', body: '[3,1,3]' })
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer t',
      'content-type': 'application/json',
    })
  })

  it('wraps items and finds results, an error of one item among them', async () => {
    const server = await startServer(({ body }, response) => {
      const { names } = JSON.parse(body) as { names: string[] }
      sendJson(response, { found: names.map((name) => (name === '' ? null : name.length)) })
    })
    const lengths = httpBatcher<string, number>(server.url, {
      method: 'PUT',
      request: (names) => ({ names }),
      results: ({ found }: { found: (number | null)[] }) =>
        found.map((length) => length ?? new Error('no name')),
    })
    expect(await lengths.processAllSettled(['ab', '', 'a'])).toMatchObject([
      { value: 2 },
      { reason: { message: 'no name' } },
      { value: 1 },
    ])
    expect(server.received[0]?.method).toBe('PUT')
  })

  it('fails an item alone that JSON cannot hold', async () => {
    const server = await startServer((request, response) => sendJson(response, double(request)))
    const doubles = httpBatcher<unknown, number>(server.url)
    const settled = await doubles.processAllSettled([1, 2n, undefined, 4])
    expect(settled).toMatchObject([
      { value: 2 },
      { reason: { name: 'TypeError' } },
      { reason: { code: 'JITNEY_WRONG_TYPE' } },
      { value: 8 },
    ])
    expect(server.received.map(({ body }) => body)).toEqual(['[1,4]'])
  })

  it.each([
    ['an array of another length', '[1]', 'an array of 2, received Array of 1'],
    ['no array', '{"a":1}', 'an array of 2, received Object'],
    ['no JSON', '<html>', 'it is not JSON'],
  ])('fails the batch when the answer is %s', async (_name, answer, words) => {
    const server = await startServer((_request, response) => response.end(answer))
    const numbers = httpBatcher<number, number>(server.url, { idempotent: true })
    const [first, second] = [numbers.process(1), numbers.process(2)]
    const error = await failureOf(first)
    expect(error.code).toBe('JITNEY_WRONG_ANSWER')
    expect(error.message).toContain(words)
    expect(await failureOf(second)).toBe(error)
    expect(server.received).toHaveLength(1)
  })

  it('obeys Retry-After, during which no other request leaves', async () => {
    const clock = new ManualClock()
    const refused = deferred()
    const server = await startServer((request, response) => {
      if (server.received.length > 1) return sendJson(response, double(request))
      response.on('finish', () => refused.resolve())
      sendJson(response, { detail: 'busy' }, 429, { 'retry-after': '7' })
    })
    const doubles = httpBatcher<number, number>(server.url, { clock, concurrency: 4 })
    const first = doubles.process(1)
    await refused.promise
    await untilQueued(doubles, 1)
    const second = doubles.process(2)
    await clock.advance(6999)
    expect([doubles.activeCount, doubles.queuedCount]).toEqual([0, 2])
    await clock.advance(1)
    expect(await Promise.all([first, second])).toEqual([2, 4])
  })

  it.each([
    ['a date, by the clock of the server', 'Sun, 06 Nov 1994 08:49:44 GMT', 7000],
    ['a date that is over', 'Sun, 06 Nov 1994 08:49:00 GMT', 0],
    ['a fraction', '0.25', 250],
    ['no number and no date', 'soon', undefined],
    ['a negative number', '-1', undefined],
  ])('understands a Retry-After of %s', async (_what, value, wait) => {
    const date = 'Sun, 06 Nov 1994 08:49:37 GMT'
    const server = await startServer((_request, response) =>
      sendJson(response, null, 503, { date, 'retry-after': value }),
    )
    const numbers = httpBatcher<number, number>(server.url, { retry: { attempts: 1 } })
    expect(await failureOf(numbers.process(1))).toMatchObject({ status: 503, retryAfter: wait })
  })

  it('fails at once when the server asks for more patience than maxDelay', async () => {
    const server = await startServer((_request, response) =>
      sendJson(response, { error: { message: 'tomorrow' } }, 503, { 'retry-after': '86400' }),
    )
    const doubles = httpBatcher<number, number>(server.url)
    const error = await failureOf(doubles.process(1))
    expect(error).toMatchObject({ status: 503, retryAfter: 86_400_000 })
    expect(error.message).toBe('The server answered 503: "tomorrow"')
    expect(server.received).toHaveLength(1)
  })

  it('gives up after so many attempts, each caller with an error of its own', async () => {
    const server = await startServer((_request, response) => sendJson(response, {}, 429))
    const retry = { attempts: 4, minDelay: 0 }
    const doubles = httpBatcher<number, number>(server.url, { retry })
    const settled = await doubles.processAllSettled([1, 2])
    const [one, two] = settled.map((each) => (each as PromiseRejectedResult).reason as Error)
    expect(one).toBeInstanceOf(BatchError)
    expect(one).not.toBe(two)
    expect(one?.cause).toBe(two?.cause)
    expect(server.received).toHaveLength(4)
  })

  it.each([400, 404, 500])('sends nothing again after %i, unless it may', async (status) => {
    const server = await startServer((_request, response) => sendJson(response, null, status))
    const doubles = httpBatcher<number, number>(server.url)
    const settled = await doubles.processAllSettled([1, 2, 3])
    expect(settled.map(({ status: how }) => how)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(server.received).toHaveLength(1)
  })

  it('sends items again that the answer says are not done, so many times', async () => {
    const server = await startServer(({ body }, response) => {
      const numbers = JSON.parse(body) as number[]
      const isDone = (number: number): boolean => number > 1 || server.received.length > 2
      sendJson(
        response,
        numbers.map((number) => (number > 0 && isDone(number) ? number * 2 : 'busy')),
      )
    })
    const doubles = httpBatcher<number, number>(server.url, {
      retry: { attempts: 3, minDelay: 0 },
      results: (answer: (number | 'busy')[]) =>
        answer.map((each) => (each === 'busy' ? outcome.retry() : each)),
    })
    expect(await doubles.processAllSettled([2, 1, 0])).toMatchObject([
      { value: 4 },
      { value: 2 },
      { reason: { message: 'Cannot send item: not done after 3 attempts' } },
    ])
    expect(server.received.map(({ body }) => body)).toEqual(['[2,1,0]', '[1,0]', '[1,0]'])
  })

  it.each([undefined, 'no error'])('fails the batch when results throws %s', async (thrown) => {
    const server = await startServer((request, response) => sendJson(response, double(request)))
    const doubles = httpBatcher<number, number>(server.url, {
      idempotent: true,
      results: () => {
        // oxlint-disable-next-line typescript/only-throw-error -- whatever it is
        throw thrown
      },
    })
    await expect(doubles.process(1)).rejects.toMatchObject({ name: 'BatchError', cause: thrown })
    expect(server.received).toHaveLength(1)
  })

  it('ends a request that takes longer than timeout', async () => {
    const clock = new ManualClock()
    const arrived = deferred()
    const cut = deferred()
    const server = await startServer((_request, response) => {
      response.on('close', () => cut.resolve())
      response.writeHead(200).write('[')
      arrived.resolve()
    })
    const doubles = httpBatcher<number, number>(server.url, {
      clock,
      timeout: 500,
      idempotent: true,
    })
    const late = doubles.processAllSettled([1])
    await arrived.promise
    await clock.advance(500)
    const [settled] = await late
    expect((settled as PromiseRejectedResult).reason).toBeInstanceOf(BatchTimeoutError)
    await cut.promise
    await doubles.close()
    expect(server.received).toHaveLength(1)
  })

  it('isolates one bad item of many, if requests are idempotent', async () => {
    const server = await startServer((request, response) =>
      request.body.includes('666')
        ? sendJson(response, { error: 'bad item' }, 422)
        : sendJson(response, double(request)),
    )
    const items = Array.from({ length: 64 }, (_, index) => (index === 41 ? 666 : index))
    const doubles = httpBatcher<number, number>(server.url, { idempotent: true })
    const settled = await doubles.processAllSettled(items)
    const failed = settled.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))
    expect(failed).toEqual([41])
    expect(server.received).toHaveLength(13)
  })

  it('does not count halves as attempts', async () => {
    let refusals = 2
    const server = await startServer((request, response) => {
      const numbers = JSON.parse(request.body) as number[]
      if (numbers.includes(666)) return sendJson(response, null, 400)
      if (numbers.includes(5) && refusals-- > 0) return sendJson(response, null, 503)
      return sendJson(response, double(request))
    })
    const doubles = httpBatcher<number, number>(server.url, {
      idempotent: true,
      retry: { attempts: 3, minDelay: 0 },
    })
    const settled = await doubles.processAllSettled([666, 5, 2, 3, 4, 1, 6, 7])
    expect(settled.map(({ status }) => status).slice(1)).toEqual(Array(7).fill('fulfilled'))
    expect(settled[0]?.status).toBe('rejected')
  })

  it('keeps halves apart that wait for another attempt, each with attempts of its own', async () => {
    // Each item is refused once whenever a request with it was found to be bad, and whoever is with it.
    const due = new Set<number>()
    const server = await startServer((request, response) => {
      const numbers = JSON.parse(request.body) as number[]
      const isDue = numbers.some((number) => due.has(number))
      for (const number of numbers) due.delete(number)
      if (isDue) return sendJson(response, null, 503)
      if (!numbers.includes(666)) return sendJson(response, double(request))
      for (const number of numbers) due.add(number)
      sendJson(response, null, 400)
    })
    const doubles = httpBatcher<number, number>(server.url, {
      idempotent: true,
      retry: { attempts: 2, minDelay: 0 },
    })
    const items = Array.from({ length: 64 }, (_, index) => (index === 20 ? 666 : index))
    const settled = await doubles.processAllSettled(items)
    const failed = settled.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))
    expect(failed).toEqual([20])
    // Half of them answered, and some more where halves met and were divided elsewhere.
    expect(server.received.length).toBeLessThan(50)
  })

  it('lets items ride with others again once a request with them was answered', async () => {
    const clock = new ManualClock()
    const isolated = deferred()
    const server = await startServer(({ body }, response) => {
      const items = JSON.parse(body) as number[]
      if (body === '[666]') isolated.resolve()
      if (items.includes(666)) return sendJson(response, null, 400)
      const answer = server.received.length > 5 ? items : items.map(() => 'busy')
      sendJson(response, answer)
    })
    const numbers = httpBatcher<number, number>(server.url, {
      clock,
      idempotent: true,
      retry: { attempts: 2, minDelay: 0 },
      results: (answer: (number | 'busy')[]) =>
        answer.map((each) => (each === 'busy' ? outcome.retry() : each)),
    })
    const settled = numbers.processAllSettled([1, 2, 3, 666])
    await isolated.promise
    await untilQueued(numbers, 3, 0)
    numbers.pause()
    await clock.advance(0)
    numbers.resume()
    expect((await settled).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
    ])
    const bodies = ['[1,2,3,666]', '[1,2]', '[3,666]', '[3]', '[666]', '[1,2,3]']
    expect(server.received.map(({ body }) => body)).toEqual(bodies)
  })

  it('cuts what is too large for the server in halves, and remembers the size', async () => {
    const server = await startServer((request, response) =>
      request.body.length > 30
        ? sendJson(response, null, 413)
        : sendJson(response, double(request)),
    )
    const items = Array.from({ length: 40 }, (_, index) => index)
    const doubles = httpBatcher<number, number>(server.url)
    const doubled = items.map((item) => item * 2)
    expect(await doubles.processAll(items)).toEqual(doubled)
    const tooLarge = (): number => server.received.filter(({ body }) => body.length > 30).length
    const before = tooLarge()
    expect(await doubles.processAll(items)).toEqual(doubled)
    expect(tooLarge()).toBe(before)
  })

  it('cuts batches to maxBodySize, and refuses an item that is too large alone', async () => {
    const server = await startServer(({ body }, response) =>
      sendJson(response, JSON.parse(body) as string[]),
    )
    const echo = httpBatcher<string, string>(server.url, { maxBodySize: 20 })
    const texts = ['naïve', 'né', 'a', 'bb', 'ccc', 'dddd', 'x'.repeat(16)]
    expect(await echo.processAll(texts)).toEqual(texts)
    for (const { body } of server.received) {
      expect(new TextEncoder().encode(body).length).toBeLessThanOrEqual(20)
    }
    await expect(echo.process('x'.repeat(17))).rejects.toThrow(RangeError)
  })

  it('sends one item a request where the server batches', async () => {
    const server = await startServer(({ body }, response) => {
      if (body === '0') response.writeHead(204).end()
      else if (body === '1') {
        response.writeHead(200, { 'content-type': 'application/octet-stream' }).end('ab')
      } else sendJson(response, [body])
    })
    const results = await httpBatcher<number>(server.url, { send: 'item' }).processAll([0, 1, 2])
    expect(results).toEqual([undefined, new TextEncoder().encode('ab'), ['2']])
  })

  it('fails when the server is gone, and works when it is back', async () => {
    const server = await startServer((request, response) => sendJson(response, double(request)))
    const doubles = httpBatcher<number, number>(server.url, {
      idempotent: true,
      retry: { attempts: 2, minDelay: 0 },
    })
    expect(await doubles.process(1)).toBe(2)
    await server.stop()
    const error = await failureOf(doubles.process(1))
    expect(error).toMatchObject({ code: 'JITNEY_REQUEST_FAILED', status: undefined })
    expect(error.message).toMatch(/^No answer from http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/)
    await startServer((request, response) => sendJson(response, double(request)), server.port)
    expect(await doubles.process(1)).toBe(2)
  })

  it('closes the connection when all callers of a request have left', async () => {
    const arrived = deferred()
    const cut = deferred()
    const server = await startServer((_request, response) => {
      response.on('close', () => cut.resolve())
      arrived.resolve()
    })
    const { signal, abort } = abortable()
    const doubles = httpBatcher<number, number>(server.url)
    const left = doubles.process(1, { signal })
    await arrived.promise
    abort()
    await expect(left).rejects.toBe(signal.reason)
    await cut.promise
    await doubles.onIdle()
    expect(doubles.activeCount).toBe(0)
  })

  it('does not follow redirects', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(307, { location: '/elsewhere' }).end()
    })
    const error = await failureOf(httpBatcher<number>(server.url).process(1))
    expect(error.status).toBe(307)
    expect(server.received).toHaveLength(1)
  })

  it.each([
    [{ batchSize: 3 }, "'option' must be one of headers, fetch"],
    [{ splitOnError: true }, "'option' must be one of headers, fetch"],
    [{ send: 'all' }, '\'send\' must be one of array, item, received "all"'],
    [{ headers: { a: 1 } }, "'headers' must be an object of strings"],
    [{ retry: { attempts: 0 } }, "'retry.attempts' must be an integer of at least 1"],
    [{ maxBodySize: 0 }, "'maxBodySize' must be a number above 0, received 0"],
    [{ send: 'item', maxBatchSize: 5 }, "'maxBatchSize' must be 1 with send 'item', received 5"],
    [{ fetch: 5 }, "'fetch' must be a function, received 5"],
    [{ maxBatchSize: 0 }, "'maxBatchSize' must be"],
  ])('refuses wrong options: %j', (options, words) => {
    expect(() => httpBatcher('http://127.0.0.1:1', options as object)).toThrow(words)
  })

  it.each(['/squares', 'ftp://a', 7])('refuses an address that is none: %s', (url) => {
    expect(() => httpBatcher(url as string)).toThrow(
      "'url' must be an absolute http: or https: URL",
    )
  })
})

async function untilQueued(
  batcher: Batcher<number, number>,
  queued: number,
  active = batcher.activeCount,
): Promise<void> {
  while (batcher.queuedCount < queued || batcher.activeCount > active)
    await new Promise((resolve) => void setImmediate(resolve))
}

function abortable(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}
