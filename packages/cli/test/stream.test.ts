import { connect } from 'node:net'
import { once } from 'node:events'
import { deferred } from 'jitney/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArrayCutter } from '../src/server/stream/array-cutter.ts'
import type { Cut, Cutter } from '../src/server/stream/cutter.ts'
import { LineCutter } from '../src/server/stream/line-cutter.ts'
import { defineBatch } from '../src/index.ts'
import { RawClient } from './helpers/raw-client.ts'
import { startService } from './helpers/start-service.ts'

interface Line {
  readonly index?: number
  readonly result?: unknown
  readonly error?: { readonly status: number; readonly code: string }
  readonly done?: boolean
}

async function send(
  url: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<readonly Line[]> {
  const answer = await fetch(`${url}/run/batch`, { method: 'POST', body, headers })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8')
  return linesOf(await answer.text())
}

function linesOf(text: string): readonly Line[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

const double = (items: number[]) =>
  items.map((item) => (typeof item === 'number' ? item * 2 : new TypeError('no number')))

describe('POST /NAME/batch', () => {
  it.each([
    ['lines', '1\n2\n\n3', 'application/x-ndjson'],
    ['lines without a type', '1\n2\n3\n', 'text/plain'],
    ['an array', '[1, 2 ,3]', 'application/json'],
    ['an array, as curl sends it', ' [1,2,3] ', 'application/x-www-form-urlencoded'],
  ])('answers %s with a line for each item and a last one', async (_name, body, type) => {
    const { url } = await startService({ run: double })
    const lines = await send(url, body, { 'content-type': type })
    expect(lines.slice(0, -1).toSorted((left, right) => left.index! - right.index!)).toEqual([
      { index: 0, result: 2 },
      { index: 1, result: 4 },
      { index: 2, result: 6 },
    ])
    expect(lines.at(-1)).toEqual({ done: true, ok: 3, failed: 0 })
  })

  it('takes lines that are arrays, if the type says that they are lines', async () => {
    const { url } = await startService({
      run: (items: number[][]) => items.map(({ length }) => length),
    })
    const type = { 'content-type': 'application/x-ndjson; charset=utf-8' }
    expect(await send(url, '[1,2]\n[]\n', type)).toEqual(
      expect.arrayContaining([
        { index: 0, result: 2 },
        { index: 1, result: 0 },
        { done: true, ok: 2, failed: 0 },
      ]),
    )
  })

  it('gives each item that fails a problem of its own', async () => {
    const { url } = await startService({ run: double }, { maxBodySize: 10 })
    const lines = await send(url, `1\nnot json\n"a"\n"${'x'.repeat(20)}"\n4\n`)
    const byIndex = new Map(lines.map((line) => [line.index, line]))
    expect(byIndex.get(0)).toEqual({ index: 0, result: 2 })
    expect(byIndex.get(1)?.error).toMatchObject({ status: 400, code: 'JITNEY_BODY_NOT_JSON' })
    expect(byIndex.get(2)?.error).toMatchObject({ status: 500, code: 'JITNEY_ITEM_FAILED' })
    expect(byIndex.get(3)?.error).toMatchObject({ status: 400 })
    expect(byIndex.get(4)).toEqual({ index: 4, result: 8 })
    expect(lines.at(-1)).toEqual({ done: true, ok: 2, failed: 3 })
  })

  it.each([
    ['[1,2', 'has no end'],
    ['[1] 2', 'not one JSON array'],
    ['[1,,2]', 'lacks an element'],
    ['[1,]', 'lacks an element'],
  ])('says in the last line what is wrong with %s', async (body, problem) => {
    const { url } = await startService({ run: double })
    const last = (await send(url, body)).at(-1)
    expect(last).toMatchObject({ done: false, error: { status: 400 } })
    expect(JSON.stringify(last)).toContain(problem)
  })

  it('answers an empty body with the last line alone', async () => {
    const { url } = await startService({ run: double })
    expect(await send(url, '')).toEqual([{ done: true, ok: 0, failed: 0 }])
    expect(await send(url, '[]')).toEqual([{ done: true, ok: 0, failed: 0 }])
  })

  it('answers each item as soon as it is done, while the body still arrives', async () => {
    const { url } = await startService({ run: double })
    const body = new TransformStream<Uint8Array, Uint8Array>()
    const writer = body.writable.getWriter()
    const encoder = new TextEncoder()
    const answer = fetch(`${url}/run/batch`, {
      method: 'POST',
      body: body.readable,
      duplex: 'half',
    })
    void writer.write(encoder.encode('1\n'))
    const reader = (await answer).body!.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toBe('{"index":0,"result":2}\n')
    void writer.write(encoder.encode('2\n'))
    expect((await reader.read()).value).toBe('{"index":1,"result":4}\n')
    await writer.close()
    expect((await reader.read()).value).toBe('{"done":true,"ok":2,"failed":0}\n')
  })

  it('reads no faster than items are done, and fills batches', async () => {
    const sizes: number[] = []
    const gate = deferred()
    const { service, url } = await startService({
      run: async (items: number[]) => {
        sizes.push(items.length)
        await gate.promise
        return items
      },
    })
    const count = 20_000
    const body = Array.from({ length: count }, (_, index) => `${index}\n`).join('')
    const answer = send(url, body)
    await expect.poll(() => service.stats().requests).toBe(500)
    expect(service.stats().routes['run']).toMatchObject({ queued: 400 })
    gate.resolve()
    const lines = await answer
    expect(lines.at(-1)).toEqual({ done: true, ok: count, failed: 0 })
    expect(new Set(lines.map(({ index }) => index)).size).toBe(count + 1)
    expect(count / sizes.length).toBeGreaterThan(50)
  })

  it('takes so many streams and no more', async () => {
    const { url } = await startService({ run: double }, { maxStreams: 1 })
    const body = new TransformStream<Uint8Array, Uint8Array>()
    const writer = body.writable.getWriter()
    void writer.write(new TextEncoder().encode('\n'))
    const first = await fetch(`${url}/run/batch`, {
      method: 'POST',
      body: body.readable,
      duplex: 'half',
    })
    const second = await fetch(`${url}/run/batch`, { method: 'POST', body: '1' })
    expect(second.status).toBe(503)
    expect(second.headers.get('retry-after')).toBe('1')
    expect(await second.json()).toMatchObject({ code: 'JITNEY_STREAMS_FULL' })
    await writer.close()
    expect(linesOf(await first.text())).toEqual([{ done: true, ok: 0, failed: 0 }])
    await expect
      .poll(async () => (await fetch(`${url}/run/batch`, { method: 'POST', body: '1' })).status)
      .toBe(200)
  })

  it('ends when its client goes, and aborts what is under way', async () => {
    const aborted = deferred<unknown>()
    const { service, port } = await startService({
      run: (_items: number[], { signal }: { signal: AbortSignal }) => {
        signal.addEventListener('abort', () => aborted.resolve(signal.reason))
        return new Promise(() => {})
      },
    })
    const socket = connect(port, '127.0.0.1')
    socket.write('POST /run/batch HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n1\n')
    await expect.poll(() => service.stats().routes['run']?.active).toBe(1)
    socket.destroy()
    expect(await aborted.promise).toMatchObject({ name: 'AbortError' })
  })

  it('is answered to its end when the time that it gave has passed, and the connection serves on', async () => {
    const { service, port, failures } = await startService({
      run: defineBatch(
        (items: unknown[]) => (items[0] === 0 ? new Promise<unknown[]>(() => {}) : items),
        {
          maxBatchSize: 1,
          maxQueueSize: 20,
          concurrency: 2,
        },
      ),
    })
    const client = await RawClient.open(port)
    // One hangs, one is done, three others hang or wait; the body is there as a whole.
    client.post('/run/batch', '0\n1\n0\n0\n0\n', { 'x-request-timeout': '50' })
    const { status, body } = await client.answer()
    expect(status).toBe(200)
    const lines = linesOf(body)
    expect(lines.at(-1)).toEqual({ done: true, ok: 1, failed: 4 })
    const late = lines.flatMap(({ error }) => (error === undefined ? [] : [error]))
    expect(late.map(({ status: itemStatus, code }) => [itemStatus, code])).toEqual(
      Array.from({ length: 4 }, () => [504, 'JITNEY_DEADLINE']),
    )
    expect(service.stats().routes['run']!.queued).toBe(0)
    expect(failures).toEqual([])
    client.send('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n')
    expect((await client.answer()).status).toBe(200)
  })

  it('does not fail for want of room when the time that it gave has passed', async () => {
    const { service, port, failures } = await startService({
      run: defineBatch(() => new Promise<unknown[]>(() => {}), {
        maxBatchSize: 1,
        maxQueueSize: 1,
      }),
    })
    const [running, queued, client] = await Promise.all([1, 2, 3].map(() => RawClient.open(port)))
    running!.post('/run', '1')
    await expect.poll(() => service.stats().routes['run']!.active).toBe(1)
    queued!.post('/run', '1')
    await expect.poll(() => service.stats().routes['run']!.queued).toBe(1)
    client!.post('/run/batch', '1\n', { 'x-request-timeout': '50' })
    const [line] = linesOf((await client!.answer()).body)
    expect(line).toMatchObject({ index: 0, error: { status: 504, code: 'JITNEY_DEADLINE' } })
    expect(failures).toEqual([])
  })

  it('reads no further when the time that it gave has passed', async () => {
    const { port } = await startService({ run: double })
    const client = await RawClient.open(port)
    client.send(
      'POST /run/batch HTTP/1.1\r\nhost: localhost\r\nx-request-timeout: 500\r\ncontent-length: 100\r\n\r\n1\n',
    )
    const lines = linesOf((await client.answer()).body)
    expect(lines).toEqual([
      { index: 0, result: 2 },
      {
        done: false,
        ok: 1,
        failed: 0,
        error: expect.objectContaining({ status: 504, code: 'JITNEY_DEADLINE' }) as unknown,
      },
    ])
  })

  it('closes the connection of a client that does not take its results', async () => {
    const { service, port } = await startService(
      { run: (items: unknown[]) => items.map(() => 'x'.repeat(1_000_000)) },
      { requestTimeout: 50 },
    )
    const client = await RawClient.open(port)
    client.socket.pause()
    client.post('/run/batch', '1\n'.repeat(50))
    await expect.poll(() => service.stats().routes['run']!.items).toBeGreaterThan(0)
    const open = (): Promise<number> =>
      new Promise((resolve) => service.app.server.getConnections((_error, count) => resolve(count)))
    await expect.poll(open).toBe(0)
  })

  it('gives up on a client that sends nothing for too long', async () => {
    const { port } = await startService({ run: double }, { requestTimeout: 50 })
    const socket = connect(port, '127.0.0.1')
    socket.write('POST /run/batch HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n1\n')
    let text = ''
    socket.setEncoding('utf8').on('data', (part: string) => (text += part))
    await once(socket, 'close')
    expect(text).toContain('{"index":0,"result":2}')
    expect(text).toContain('{"done":false,"ok":1,"failed":0,"error":{"status":400')
    expect(text).toContain('Nothing arrived for 50 ms.')
  })

  it('answers what it read when the service stops', async () => {
    const { service, url } = await startService({ run: double })
    const body = new TransformStream<Uint8Array, Uint8Array>()
    const writer = body.writable.getWriter()
    const answer = fetch(`${url}/run/batch`, {
      method: 'POST',
      body: body.readable,
      duplex: 'half',
    })
    void writer.write(new TextEncoder().encode('1\n'))
    const text = (await answer).text()
    await expect.poll(() => service.stats().batches).toBe(1)
    const stopped = service.stop({ timeout: 2000 })
    await writer.close()
    expect(linesOf(await text)).toEqual([
      { index: 0, result: 2 },
      { done: true, ok: 1, failed: 0 },
    ])
    expect(await stopped).toBe(true)
  })
})

function cutAll(cutter: Cutter, text: string, sizes: readonly number[]): readonly Cut[] {
  const bytes = Buffer.from(text)
  const cuts: Cut[] = []
  let start = 0
  for (const size of sizes) {
    cuts.push(...cutter.push(bytes.subarray(start, start + size)))
    start += size
  }
  cuts.push(...cutter.push(bytes.subarray(start)), ...cutter.end())
  return cuts
}

describe('A body that comes in pieces', () => {
  const pieces = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 50 })

  it('is cut into the elements of its array, wherever the pieces end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue()),
        fc.constantFrom(undefined, 1),
        pieces,
        (items, indent, sizes) => {
          const cuts = cutAll(new ArrayCutter(1e6), JSON.stringify(items, undefined, indent), sizes)
          expect(cuts.map((cut) => JSON.parse((cut as Buffer).toString()) as unknown)).toEqual(
            JSON.parse(JSON.stringify(items)),
          )
        },
      ),
    )
  })

  it('is cut into its lines, wherever the pieces end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue()),
        fc.constantFrom('\n', '\r\n', '\n\n'),
        pieces,
        (items, end, sizes) => {
          const text = items.map((item) => JSON.stringify(item)).join(end)
          const cuts = cutAll(new LineCutter(1e6), text, sizes)
          expect(cuts.map((cut) => JSON.parse((cut as Buffer).toString()) as unknown)).toEqual(
            items.map((item) => JSON.parse(JSON.stringify(item)) as unknown),
          )
        },
      ),
    )
  })

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('[', ']', '{', '}', ',', '"', '\\', '1', ' ', '\n') }),
        pieces,
        (text, sizes) => {
          for (const cutter of [new ArrayCutter(5), new LineCutter(5)]) {
            for (const cut of cutAll(cutter, text, sizes)) {
              expect(Buffer.isBuffer(cut) ? cut.length <= 5 : cut.problem !== '').toBe(true)
            }
          }
        },
      ),
    )
  })
})
