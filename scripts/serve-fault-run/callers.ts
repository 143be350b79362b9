import { connect } from 'node:net'
import { once } from 'node:events'
import type { Answer, Client } from './client.ts'

/** Throws if an answer is not what a caller may get. Resolves to what it got, for the report. */
export type Caller = (client: Client) => Promise<string>

const refusals = ['JITNEY_QUEUE_FULL', 'JITNEY_BYTES_FULL', 'JITNEY_STREAMS_FULL', 'JITNEY_CLOSING']
/** Of a batch, whoever in it was to blame. */
const batchFailures = new Map([
  [500, /^(JITNEY_BATCH|JITNEY_RESULT|JITNEY_ITEM_FAILED)/],
  [504, /^JITNEY_BATCH_TIMEOUT/],
])
let last = 0

/** Items are numbers, each used once. */
function nextNumber(): number {
  last += 1
  return last
}

function below(bound: number): number {
  return Math.floor(Math.random() * bound)
}

function oneOf<Value>(values: readonly Value[]): Value {
  return values[below(values.length)]!
}

function wrong(what: string, asked: string, { status, body }: Answer): never {
  throw new Error(`${what} got ${status} ${body.slice(0, 300)} for ${asked.slice(0, 100)}`)
}

/** The code of a problem, which must be one. */
function codeOf(what: string, asked: string, answer: Answer): string {
  const { status, code } = JSON.parse(answer.body) as { status: number; code: string }
  if (status !== answer.status || !code.startsWith('JITNEY_')) wrong(what, asked, answer)
  return code
}

/** @param codes what it may be told beside its result and a refusal. */
async function double(
  client: Client,
  what: string,
  headers: Record<string, string>,
  codes: readonly string[],
): Promise<string> {
  const number = nextNumber()
  const answer = await client.post('/steady', `${number}`, headers)
  if (answer.status === 200) {
    if (answer.body !== `${number * 2}`) wrong(what, `${number}`, answer)
    return '200'
  }
  const code = codeOf(what, `${number}`, answer)
  if (![...refusals, ...codes].includes(code)) wrong(what, `${number}`, answer)
  return code
}

async function moody(client: Client): Promise<string> {
  const number = nextNumber()
  const moods = ['throw', 'short', 'shapeless', 'hang', 'deaf', 'fail', 'fail']
  const mood = below(8) === 0 ? oneOf(moods) : undefined
  const asked = JSON.stringify({ number, mood })
  const answer = await client.post('/moody', asked)
  if (answer.status === 200) {
    if (answer.body !== `${number * 2}` || mood !== undefined) wrong('moody', asked, answer)
    return '200'
  }
  const code = codeOf('moody', asked, answer)
  const isOwn = mood === 'fail' && answer.status === 422
  const isBatch = batchFailures.get(answer.status)?.test(code) === true
  if (!isOwn && !isBatch && !refusals.includes(code)) wrong('moody', asked, answer)
  return `${answer.status} ${code}`
}

async function refused(client: Client): Promise<string> {
  const [path, body, status] = oneOf([
    ['/steady', '{', 400],
    ['/steady', '', 400],
    ['/steady', `"${'x'.repeat(70_000)}"`, 413],
    ['/nowhere', '1', 404],
    ['/healthz', '1', 405],
  ] as const)
  const answer = await client.post(path, body)
  const code = codeOf('refused', body, answer)
  if (answer.status !== status && code !== 'JITNEY_CLOSING') wrong('refused', body, answer)
  return `${answer.status} ${code}`
}

interface Line {
  readonly index?: number
  readonly result?: number
  readonly error?: { readonly status: number; readonly code: string }
  readonly done?: boolean
  readonly ok?: number
  readonly failed?: number
}

async function stream(client: Client): Promise<string> {
  const numbers = Array.from({ length: 1 + below(200) }, nextNumber)
  const isLate = below(4) === 0
  const headers: Record<string, string> = isLate ? { 'x-request-timeout': `${1 + below(30)}` } : {}
  const body = numbers.join('\n')
  const answer = await client.post('/steady/batch', body, headers)
  if (answer.status !== 200) {
    const code = codeOf('stream', body, answer)
    if (!refusals.includes(code)) wrong('stream', body, answer)
    return code
  }
  const lines = answer.body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  const end = lines.pop()!
  if (end.ok! + end.failed! !== lines.length) wrong('stream', body, answer)
  if (new Set(lines.map(({ index }) => index)).size !== lines.length) wrong('stream', body, answer)
  if (end.done === true && lines.length !== numbers.length) wrong('stream', body, answer)
  for (const { index, result, error } of lines) {
    const isRight = error === undefined && result === numbers[index!]! * 2
    const isTyped =
      (isLate && error?.code === 'JITNEY_DEADLINE') || refusals.includes(error?.code ?? '')
    if (!isRight && !isTyped) wrong('stream', body, answer)
  }
  if (!end.done && !isLate && end.error?.code === undefined) wrong('stream', body, answer)
  return `200 ${isLate ? 'with a deadline, ' : ''}${end.done === true ? 'whole' : 'cut'}`
}

/** Leaves in any phase: in the head, in the body, while it waits, while the answer comes. */
async function leaver({ port }: Client): Promise<string> {
  const path = oneOf(['/steady', '/moody', '/steady/batch'])
  const numbers = Array.from({ length: path === '/steady/batch' ? 50 : 1 }, nextNumber)
  const body = path === '/moody' ? JSON.stringify({ number: numbers[0] }) : numbers.join('\n')
  const text = `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  const closed = once(socket, 'close')
  await Promise.race([once(socket, 'connect'), closed])
  const phase = oneOf(['in the request', 'after it', 'in the answer', 'by halves'] as const)
  if (phase === 'in the request') socket.write(text.slice(0, below(text.length)))
  else socket.write(text)
  if (phase === 'in the answer') await Promise.race([once(socket, 'data'), closed])
  if (phase === 'by halves') socket.end()
  else if (below(2) === 0) socket.resetAndDestroy()
  else socket.destroy()
  socket.resume()
  await closed
  return phase
}

async function watcher(client: Client): Promise<string> {
  const path = oneOf(['/healthz', '/readyz', '/stats', '/metrics', '/openapi.json'])
  const answer = await client.get(path)
  const isClosing = answer.status === 503 && codeOf('watcher', path, answer) === 'JITNEY_CLOSING'
  if (answer.status !== 200 && !isClosing) wrong('watcher', path, answer)
  return `${answer.status}`
}

const tenants = ['red', 'green', 'blue']

/** All that goes on at once, and how many do it. */
export const callers: ReadonlyMap<string, readonly [count: number, caller: Caller]> = new Map([
  ['plain', [8, (client) => double(client, 'plain', {}, [])]],
  [
    'ranked',
    [
      4,
      (client) => {
        const headers = { 'x-priority': `${below(5) - 2}`, 'x-tenant': oneOf(tenants) }
        return double(client, 'ranked', headers, [])
      },
    ],
  ],
  [
    'hurried',
    [
      4,
      (client) => {
        const headers = { 'x-request-timeout': `${1 + below(20)}` }
        return double(client, 'hurried', headers, ['JITNEY_DEADLINE'])
      },
    ],
  ],
  ['moody', [8, moody]],
  ['refused', [2, refused]],
  ['stream', [4, stream]],
  ['leaver', [6, leaver]],
  ['watcher', [1, watcher]],
])
