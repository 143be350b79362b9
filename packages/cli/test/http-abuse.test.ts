import { manualBatches } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { defineBatch } from '../src/index.ts'
import { postHead, RawClient } from './helpers/raw-client.ts'
import { startService } from './helpers/start-service.ts'
import { until } from './helpers/until.ts'

const echo = (items: unknown[]): unknown[] => items
const start = (options = {}) => startService({ run: echo }, options)
const paths = ['/run', '/healthz', '/stats', '/nowhere']

/** What the service answers to these bytes on a connection of their own. */
async function answerTo(port: number, bytes: string, method?: string) {
  const client = await RawClient.open(port)
  client.send(bytes)
  return { client, answer: await client.answer(method) }
}

/** The service still works, for anybody else. */
async function expectAlive(port: number): Promise<void> {
  const { answer } = await answerTo(port, `${postHead('/run', 2)}42`)
  expect([answer.status, answer.body]).toEqual([200, '42'])
}

describe('What is not HTTP', () => {
  it.each([
    ['text', 'hello\r\n\r\n'],
    ['a method that does not exist', 'FETCH /run HTTP/1.1\r\nhost: localhost\r\n\r\n'],
    ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a version that does not exist', 'GET /healthz HTTP/9.9\r\nhost: localhost\r\n\r\n'],
    ['a header without a name', 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n: x\r\n\r\n'],
    ['a space before the colon', 'GET /healthz HTTP/1.1\r\nhost : localhost\r\n\r\n'],
    ['a folded header', 'GET /healthz HTTP/1.1\r\nhost: localhost\r\na: b\r\n c\r\n\r\n\r\n'],
    [
      'a length that is no number',
      `POST /run HTTP/1.1\r\nhost: localhost\r\ncontent-length: x\r\n\r\n`,
    ],
    ['a negative length', `POST /run HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n`],
    ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'],
  ])('is answered with 400 and the connection closed: %s', async (_, bytes) => {
    const { port } = await start()
    const { client, answer } = await answerTo(port, bytes)
    expect(answer.status).toBe(400)
    expect(answer.headers['connection']?.toLowerCase()).toBe('close')
    await client.closed
    await expectAlive(port)
  })

  it('is answered with problem+json like everything else', async () => {
    const { port } = await start()
    const { answer } = await answerTo(port, 'hello\r\n\r\n')
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(JSON.parse(answer.body)).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'This is not an HTTP request.',
      code: 'JITNEY_BAD_REQUEST',
    })
  })

  it.each([
    ['two lengths', 'content-length: 2\r\ncontent-length: 3\r\n\r\n123'],
    [
      'a length and chunks',
      'content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n42\r\n0\r\n\r\n',
    ],
    ['an encoding that is not chunked', 'transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
    ['a chunk size that is no number', 'transfer-encoding: chunked\r\n\r\nxyz\r\n42\r\n0\r\n\r\n'],
    ['a chunk longer than it says', 'transfer-encoding: chunked\r\n\r\n1\r\n42\r\n0\r\n\r\n'],
    ['a line that ends early', 'content-length: 2\n\n42'],
  ])('cannot smuggle a request: %s', async (_, rest) => {
    const seen: unknown[] = []
    const { port } = await startService({ run: (items: unknown[]) => (seen.push(...items), items) })
    const smuggled = postHead('/run', 10) + '"smuggled"'
    const client = await RawClient.open(port)
    client.send(`POST /run HTTP/1.1\r\nhost: localhost\r\n${rest}${smuggled}`)
    await client.closed
    expect(seen).not.toContain('smuggled')
    await expectAlive(port)
  })
})

describe('A head', () => {
  it.each(paths)('beyond 16 KiB is answered with 431 on %s', async (path) => {
    const { port } = await start()
    const { client, answer } = await answerTo(
      port,
      `GET ${path} HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
    )
    expect(answer.status).toBe(431)
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'JITNEY_HEADERS_TOO_LARGE' })
    await client.closed
  })

  it.each([
    ['an empty host', 'host: ', 421],
    ['two hosts', 'host: evil.example\r\nhost: localhost', 421],
    ['a weird host', 'host: \u00ff\u00fe', 421],
    [
      'many content types',
      'host: localhost\r\ncontent-type: a\r\ncontent-type: application/octet-stream',
      200,
    ],
    ['names of an object', 'host: localhost\r\n__proto__: x\r\nconstructor: y\r\ntoString: z', 200],
    ['a request to upgrade', 'host: localhost\r\nconnection: upgrade\r\nupgrade: websocket', 200],
    ['an expectation nobody knows', 'host: localhost\r\nexpect: miracles', 200],
    ['no host', 'a: b', 400],
    ['a version to accept', 'host: localhost\r\naccept-version: 1.x', 200],
  ])('with %s is answered', async (_, headers, status) => {
    const { port } = await start()
    const { answer } = await answerTo(
      port,
      `POST /run HTTP/1.1\r\n${headers}\r\ncontent-length: 2\r\n\r\n42`,
    )
    expect(answer.status).toBe(status)
  })

  it.each([
    '*',
    'http://evil.example/run',
    'http://',
    '/../run',
    '/%2e%2e/run',
    '//',
    '/run;x',
    'run',
  ])('asking for %s is answered, and not with a result', async (target) => {
    const { port } = await start()
    const { answer } = await answerTo(port, postHead(target, 2) + '42')
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
  })

  it.each(['http://127.0.0.1/run', 'HTTP://localhost:1/run?x', '/r%75n', '/run#x'])(
    'asking for %s asks for the route',
    async (target) => {
      const { port } = await start()
      const { answer } = await answerTo(port, postHead(target, 2, { host: 'localhost' }) + '42')
      expect(answer.body).toBe('42')
    },
  )

  it('of HTTP/1.0 without a host is served, for probes that speak it', async () => {
    const { port } = await start()
    const { client, answer } = await answerTo(port, 'GET /healthz HTTP/1.0\r\n\r\n')
    expect(answer.status).toBe(200)
    await client.closed
  })

  it('that wants a tunnel finds the connection closed', async () => {
    const { port } = await start()
    const client = await RawClient.open(port)
    client.send('CONNECT example.com:443 HTTP/1.1\r\nhost: localhost\r\n\r\n')
    await client.closed
    await expectAlive(port)
  })
})

describe('A body', { timeout: 60_000 }, () => {
  it.each(paths)('too large by its own word is refused unread on %s', async (path) => {
    const { port } = await start()
    const client = await RawClient.open(port)
    client.send(postHead(path, 2 ** 40))
    const { status } = await client.answer()
    expect(status).toBe({ '/run': 413, '/nowhere': 404 }[path] ?? 405)
    await client.closed
  })

  it.each(paths)('without an end is cut off on %s', async (path) => {
    const { port } = await start()
    const client = await RawClient.open(port)
    client.send(`POST ${path} HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n`)
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`
    const flood = (): void => {
      while (!client.isClosed && client.socket.write(chunk)) continue
    }
    client.socket.on('drain', flood)
    flood()
    await client.closed
    await expectAlive(port)
  })

  it('too large in chunks is answered with 413', async () => {
    const { port } = await start({ maxBodySize: 10 })
    const client = await RawClient.open(port)
    client.send('POST /run HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n')
    client.send('b\r\n12345678901\r\n')
    expect((await client.answer()).status).toBe(413)
    await client.closed
  })

  it('that was refused is thrown away, and the connection serves on', async () => {
    const { port } = await start({ maxBodySize: 10 })
    const client = await RawClient.open(port)
    client.post('/run', '1'.repeat(100_000))
    client.post('/nowhere', '12')
    client.post('/run', '{')
    client.post('/run', '42')
    const statuses = [
      await client.answer(),
      await client.answer(),
      await client.answer(),
      await client.answer(),
    ]
    expect(statuses.map(({ status }) => status)).toEqual([413, 404, 400, 200])
  })

  it('that comes a byte at a time is an item when it is whole', async () => {
    const { port } = await start()
    const client = await RawClient.open(port)
    for (const byte of postHead('/run', 4) + '"ab"') client.send(byte)
    expect((await client.answer()).body).toBe('"ab"')
  })

  it('that stops coming is answered with 408 and the connection closed', async () => {
    const { port } = await start({ requestTimeout: 50 })
    const client = await RawClient.open(port)
    client.send(`${postHead('/run', 10)}12`)
    const answer = await client.answer()
    expect(answer.status).toBe(408)
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'JITNEY_REQUEST_TIMEOUT' })
    await client.closed
  })

  it('on a GET does not harm', async () => {
    const { port } = await start()
    const client = await RawClient.open(port)
    client.send('GET /healthz HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n42')
    client.send('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n')
    expect([(await client.answer()).status, (await client.answer()).status]).toEqual([200, 200])
  })
})

describe('A head that stops coming', () => {
  it('is answered with 408 and the connection closed', async () => {
    const { port } = await start({ requestTimeout: 50 })
    const { client, answer } = await answerTo(port, 'POST /run HTT')
    expect(answer.status).toBe(408)
    await client.closed
  })

  it('may take as long as it likes if nobody minds', async () => {
    for (const requestTimeout of [Infinity, 100.5]) {
      const { port } = await start({ requestTimeout })
      await expectAlive(port)
    }
  })

  it('never begun, likewise', async () => {
    const { port } = await start({ requestTimeout: 50 })
    const { client, answer } = await answerTo(port, '')
    expect(answer.status).toBe(408)
    await client.closed
  })
})

describe('Pipelined requests', () => {
  it('are answered in order, each with its own result, and ride together', async () => {
    const sizes: number[] = []
    const { port } = await startService({
      run: defineBatch(
        (items: number[]) => (sizes.push(items.length), items.map((item) => item * 2)),
        {
          maxBatchSize: 1000,
        },
      ),
    })
    const client = await RawClient.open(port)
    client.send(
      Array.from(
        { length: 200 },
        (_, index) => `${postHead('/run', `${index}`.length)}${index}`,
      ).join(''),
    )
    for (let index = 0; index < 200; index++) {
      expect((await client.answer()).body).toBe(`${index * 2}`)
    }
    expect(sizes.length).toBeLessThan(200)
  })

  it('mixed good and bad are answered in order', async () => {
    const { port } = await start()
    const client = await RawClient.open(port)
    client.post('/run', '1')
    client.post('/run', '{')
    client.post('/nowhere', '1')
    client.send('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n')
    client.post('/run', '"__proto__"')
    const statuses: number[] = []
    for (let count = 0; count < 5; count++) statuses.push((await client.answer()).status)
    expect(statuses).toEqual([200, 400, 404, 200, 200])
  })

  it('that ask to be invited are not, inside of an answer', async () => {
    const batches = manualBatches<unknown, unknown>()
    const { port } = await startService({
      run: defineBatch(batches.batchFunction, { maxBatchSize: 1, concurrency: 2 }),
    })
    const client = await RawClient.open(port)
    const headers = { expect: '100-continue', 'content-type': 'application/octet-stream' }
    client.send(`${postHead('/run', 1)}1${postHead('/run', 4, headers)}null`)
    await until(() => batches.calls.length === 2)
    batches.calls[1]!.resolve([Buffer.from('four')])
    batches.calls[0]!.resolve([1])
    expect((await client.answer()).body).toBe('1')
    const { body, headers: answered } = await client.answer()
    expect([body, answered['connection']]).toEqual(['four', 'close'])
    await client.closed
    expect(client.unread).toBe('')
  })

  it('behind one that asks for another protocol are not waited for: the connection closes', async () => {
    const { port } = await startService({ run: (items: unknown[]) => items })
    const client = await RawClient.open(port)
    const headers = { connection: 'upgrade', upgrade: 'other' }
    client.send(`${postHead('/run', 1, headers)}1${postHead('/run', 1)}2`)
    const { body, headers: answered } = await client.answer()
    expect([body, answered['connection']]).toEqual(['1', 'close'])
    await client.closed
    const upgrading = await RawClient.open(port)
    upgrading.post('/run', '1', { connection: 'upgrade', upgrade: 'h2c', 'http2-settings': 'A' })
    expect((await upgrading.answer()).headers['connection']).toBe('keep-alive')
  })

  it('followed by what is not HTTP get no answer that is not theirs', async () => {
    const calls: unknown[] = []
    const { port } = await startService({
      run: () => new Promise<unknown[]>(() => void calls.push('called')),
    })
    const client = await RawClient.open(port)
    client.post('/run', '1')
    await until(() => calls.length === 1)
    client.send('hello\r\n\r\n')
    await client.closed
    expect(client.unread).toBe('')
  })
})
