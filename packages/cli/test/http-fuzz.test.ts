import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAnswer } from './helpers/answer.ts'
import { temporaryFolder } from './helpers/map-run.ts'
import { RawClient } from './helpers/raw-client.ts'
import { startService } from './helpers/start-service.ts'
import { until } from './helpers/until.ts'

/** More of them now and then: `FUZZ_RUNS=200000 npx vitest run http-fuzz`, some ten minutes. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 500)
const token = 'open-sesame'
/** Less than the service keeps an idle connection, in milliseconds; for a busy machine, much more than it takes. */
const patience = 60_000
/** What the heap may grow by from the first quarter of the runs to the last. */
const mostGrowth = 8_000_000

const crlf = '\r\n'

/** Mostly what is right, so that what is wrong elsewhere gets past it. */
function mostly<Value>(right: Value, others: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc.oneof({ arbitrary: fc.constant(right), weight: 9 }, { arbitrary: others, weight: 1 })
}

const method = mostly(
  'POST',
  fc.constantFrom('GET', 'HEAD', 'PUT', 'OPTIONS', 'DELETE', 'BREW', 'post', ''),
)
const path = fc.oneof(
  { arbitrary: fc.constant('/run'), weight: 6 },
  { arbitrary: fc.constant('/run/batch'), weight: 3 },
  fc.oneof(
    fc.constantFrom(
      '/healthz',
      '/stats',
      '/metrics',
      '/openapi.json',
      '/run/batch/x',
      '/run?a=b',
      '/',
      '*',
      '//',
      '/%zz',
      '/%2e%2e',
      'http://x/',
    ),
    fc.string({ unit: 'binary-ascii', maxLength: 30 }),
  ),
)
const version = mostly('HTTP/1.1', fc.constantFrom('HTTP/1.0', 'HTTP/2.0', 'HTTP/1.1x', ''))
const header = fc.oneof(
  fc.constantFrom(
    'content-type: application/octet-stream',
    'content-type: application/json; charset=utf-16',
    'content-type: ;',
    'transfer-encoding: chunked',
    'transfer-encoding: identity',
    'content-encoding: gzip',
    'expect: 100-continue',
    'expect: x',
    'connection: close',
    'connection: keep-alive, upgrade',
    'upgrade: h2c',
    'origin: null',
    'host: evil.example',
    'x-request-id: a b',
    '__proto__: x',
    'accept-version: 1.0.0',
    'content-type: application/x-ndjson',
    'x-request-timeout: 1',
    'x-request-timeout: -0',
    'x-priority: 1e5',
    'x-priority: -3',
    'authorization: Bearer x',
    `authorization: Bearer ${token}`,
    `authorization: basic ${token}`,
    'trailer: x',
    'te: trailers',
  ),
  fc.nat(40).map((length) => `content-length: ${length}`),
  fc
    .tuple(fc.string({ maxLength: 10 }), fc.string({ unit: 'binary-ascii', maxLength: 30 }))
    .map((pair) => pair.join(': ')),
)
/** What may be several items of a stream. */
const items = fc.array(
  fc.oneof({ arbitrary: fc.json({ maxDepth: 2 }), weight: 6 }, fc.constantFrom('', '{', ']', '"')),
  { maxLength: 6 },
)
/** Chunks, also wrong ones. */
const chunks = fc.constantFrom(
  `2${crlf}42${crlf}0${crlf}${crlf}`,
  `2;a=b${crlf}42${crlf}0${crlf}x: y${crlf}${crlf}`,
  `2${crlf}423${crlf}0${crlf}${crlf}`,
  `-2${crlf}42${crlf}0${crlf}${crlf}`,
  `fffffffffffffffff${crlf}42`,
  `2\n42\n0\n\n`,
)
const body = fc.oneof(
  { arbitrary: fc.json({ maxDepth: 3 }), weight: 4 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 40 }), weight: 1 },
  {
    arbitrary: fc.constantFrom('{"__proto__":1}', '[[[[', '"\ud800"', '\u0000', '1e999', ''),
    weight: 1,
  },
  { arbitrary: chunks, weight: 1 },
  { arbitrary: items.map((all) => all.join('\n')), weight: 2 },
  { arbitrary: items.map((all) => `[${all.join(',')}]`), weight: 2 },
)

/** Requests that are right but for some of their parts. */
const request = fc
  .record({
    method,
    path,
    version,
    headers: mostly<string[]>([], fc.array(header, { maxLength: 4 })),
    host: mostly<string[]>(['host: localhost'], fc.constant([])),
    authorization: mostly<string[]>([`authorization: Bearer ${token}`], fc.constant([])),
    body,
    excess: mostly<number | undefined>(0, fc.constantFrom(undefined, -1, 1, 5)),
  })
  .map(({ host, authorization, headers, body: text, excess, ...line }) => {
    const first = `${line.method} ${line.path} ${line.version}`
    const lines = [first, ...host, ...authorization, ...headers]
    if (excess !== undefined) lines.push(`content-length: ${Buffer.byteLength(text) + excess}`)
    return lines.join(crlf) + crlf + crlf + text
  })

const garbage = fc.string({ unit: 'binary', maxLength: 200 })
const lastRequest = `GET /healthz HTTP/1.1${crlf}host: localhost${crlf}connection: close${crlf}${crlf}`

/** What one client sends: requests and garbage, cut in pieces anywhere; and how it leaves. */
const conversation = fc.record({
  parts: fc.array(
    mostly('', garbage).chain((text) => (text === '' ? request : fc.constant(text))),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
  cuts: fc.array(fc.nat(1000), { maxLength: 5 }),
  leave: fc.constantFrom('ask to close', 'ask to close', 'ask to close', 'end', 'destroy'),
})

function pieces(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  )
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place))
}

/**
 * Reads all that the service said as answers, to whatever method; throws if it is anything else, or
 * says that the service failed. A deadline is the client's own.
 */
function readAll(received: string): void {
  let rest = received
  while (rest !== '') {
    // The answer to HEAD has a length and no body: then the next answer, or nothing, comes at once.
    const headEnd = rest.indexOf(`${crlf}${crlf}`) + 4
    const isHead =
      headEnd >= 4 && (rest.length === headEnd || rest.startsWith('HTTP/1.1 ', headEnd))
    const read = readAnswer(rest, isHead ? 'HEAD' : 'POST')
    if (read === undefined) {
      // A stream has no last line when its body was no HTTP: that is how the client can tell.
      if (/^content-type: application\/x-ndjson/m.test(rest)) return
      throw new Error(`An answer ends early: ${JSON.stringify(rest)}`)
    }
    const { status } = read.answer
    if (status >= 500 && status !== 504) throw new Error(`It failed: ${JSON.stringify(rest)}`)
    rest = read.rest
  }
}

/** Resolves when the connection is closed; rejects if only its idling would end it. */
async function ended(client: RawClient, parts: readonly string[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const hang = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`It hangs after ${JSON.stringify([parts, client.unread])}`))
    }, patience)
  })
  await Promise.race([client.closed, hang]).finally(() => clearTimeout(timer))
}

const run = (received: unknown[]): unknown[] => received

function heapAfterCollection(): number {
  globalThis.gc!()
  return process.memoryUsage().heapUsed
}

const places = [
  ['a port', () => ({})],
  ['a port, with a token', () => ({ token })],
  ['a unix socket', () => ({ listen: join(temporaryFolder(), 'socket') })],
] as const

describe('Whatever a client sends', { timeout: 120_000 + runs * 20 }, () => {
  it.each(places)(
    'to %s gets well-formed answers and a closed connection, and harms nobody else',
    async (_name, options) => {
      const given: { token?: string; listen?: string } = options()
      const settings = { requestTimeout: 100, ...given }
      const { service, port, failures } = await startService({ run }, settings)
      const place = given.listen ?? port
      const converse = (numRuns: number): Promise<void> =>
        fc.assert(
          fc.asyncProperty(conversation, async ({ parts, cuts, leave }) => {
            const client = await RawClient.openDetached(place)
            const text = parts.join('') + (leave === 'ask to close' ? lastRequest : '')
            for (const piece of pieces(Buffer.from(text), cuts)) client.send(piece)
            if (leave === 'destroy') client.socket.destroy()
            if (leave === 'end') client.socket.end()
            await ended(client, parts)
            // What we did not wait for may end anywhere.
            if (leave !== 'destroy') readAll(client.unread)
          }),
          { numRuns },
        )
      await converse(Math.ceil(runs / 12))
      const before = heapAfterCollection()
      await converse(Math.ceil(runs / 4))
      await until(() => {
        const { queued, active } = service.stats().routes['run']!
        return queued === 0 && active === 0
      })
      expect(heapAfterCollection() - before).toBeLessThan(mostGrowth)
      const client = await RawClient.openDetached(place)
      client.post('/run', '42', { authorization: `Bearer ${token}` })
      expect((await client.answer()).body).toBe('42')
      client.socket.destroy()
      expect(failures).toEqual([])
    },
  )

  it('is answered while the connection stays open: nothing hangs', async () => {
    const { port } = await startService({ run }, { requestTimeout: 100 })
    await fc.assert(
      fc.asyncProperty(request, async (bytes) => {
        const client = await RawClient.openDetached(port)
        client.send(bytes)
        // An answer or the end of the connection must come by itself.
        await new Promise<void>((resolve) => {
          client.socket.once('data', () => resolve())
          client.socket.once('close', () => resolve())
        })
        client.socket.destroy()
      }),
      { numRuns: Math.ceil(runs / 4) },
    )
  })
})
