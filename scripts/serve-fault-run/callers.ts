import { connect } from 'node:net'
import { once } from 'node:events'
import { below, codeOf, nextNumber, oneOf, refusals, wrong } from './asking.ts'
import type { Client } from './client.ts'
import { moody, type Moody } from './moody.ts'

/** Throws if an answer is not what a caller may get. Resolves to what it got, for the report. */
export type Caller = (client: Client) => Promise<string>

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
  const codes = new Set([...lines, end].flatMap(({ error }) => error?.code ?? []))
  const failures = codes.size === 0 ? '' : `, ${[...codes].sort().join(' ')}`
  return `200 ${isLate ? 'with a deadline, ' : ''}${end.done === true ? 'whole' : 'cut'}${failures}`
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
  const sentAt = performance.now()
  if (phase === 'in the answer') {
    await Promise.race([once(socket, 'data'), closed]).catch((error: Error) => {
      throw Object.assign(error, { sentAt })
    })
  }
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

/** Routes that fail as they are asked to, how many ask each, and what these may be told. */
const moodyRoutes: readonly (readonly [route: string, count: number, about: Moody])[] = [
  [
    'moody',
    8,
    {
      moods: ['throw', 'short', 'shapeless', 'hang', 'deaf', 'fail', 'fail'],
      share: 8,
      own: 'fail',
    },
  ],
  ['threads', 4, { moods: ['exit', 'throw', 'hang', 'fail'], share: 40, own: 'fail' }],
  ['program', 4, { moods: ['exit', 'die', 'babble', 'hang', 'fail'], share: 40, own: 'fail' }],
  [
    'upstream',
    6,
    { moods: ['cut', 'short', 'busy', 'late', 'refuse'], share: 40, own: 'refuse', isServer: true },
  ],
  ['once', 6, { moods: ['cut', 'short', 'busy', 'late'], share: 40, isServer: true }],
]

const tenants = ['red', 'green', 'blue']

const moodyCallers = moodyRoutes.map(([route, count, about]): [string, [number, Caller]] => [
  route,
  [count, (client) => moody(client, route, about)],
])

/** All that goes on at once, and how many do it. */
export const callers: ReadonlyMap<string, readonly [count: number, caller: Caller]> = new Map<
  string,
  readonly [count: number, caller: Caller]
>([
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
  ...moodyCallers,
  ['refused', [2, refused]],
  ['stream', [4, stream]],
  ['leaver', [6, leaver]],
  ['watcher', [1, watcher]],
])
