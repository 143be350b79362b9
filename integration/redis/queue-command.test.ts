import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'

import { createClient } from 'redis'
import { redisTransport } from 'jitney/redis'
import type { Transport } from 'jitney/remote'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { findService } from '../services.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

const bin = join(import.meta.dirname, '../../packages/cli/dist/bin.js')
const never = new AbortController().signal

/** An envelope of version 1 without a header, around JSON. */
function body(value: unknown): Uint8Array {
  return Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), Buffer.from(JSON.stringify(value))])
}

describe.skipIf(findService('redis-server') === undefined)('jitney queue', () => {
  let server: RedisServer
  let client: Awaited<ReturnType<typeof connect>>
  let transport: Transport

  const connect = () => createClient({ url: server.url }).connect()

  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server[Symbol.asyncDispose]())
  beforeEach(async () => {
    client = await connect()
    await client.flushAll()
    transport = redisTransport(client)
  })
  afterEach(() => client.destroy())

  async function queue(
    ...parameters: string[]
  ): Promise<{ code: number; out: string; err: string }> {
    const env = { ...process.env, JITNEY_REDIS_URL: server.url }
    const child = spawn(process.execPath, [bin, 'queue', ...parameters], { env })
    const [out, err, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number>((resolve) => child.on('close', resolve)),
    ])
    return { code, out, err }
  }

  async function submit(values: readonly unknown[]): Promise<void> {
    const items = values.map((value, n) => {
      return { sequence: n + 1, body: body(value), priority: 0, timeToLive: Infinity }
    })
    await transport.client('mails', 'ada').submit(items, [])
  }

  async function bury(values: readonly unknown[]): Promise<void> {
    await submit(values)
    const worker = transport.worker('mails', 'worker-1', { lease: 10_000 })
    const claims = await worker.claim(100, { wait: 0, signal: never })
    const reason = 'gave up'
    await worker.complete(
      claims.map(({ token }) => ({ kind: 'dead', token, reason, body: body('sorry') })),
    )
    await worker.close()
  }

  it('says what lies in a queue', async () => {
    await submit(['a', 'b', 'c'])
    const worker = transport.worker('mails', 'worker-1', { lease: 10_000 })
    await worker.claim(1, { wait: 0, signal: never })
    const { code, out } = await queue('stats', 'mails')
    expect(code).toBe(0)
    expect(out).toContain('mails: 2 queued, 0 delayed, 1 active of at most 100000')
    expect(out).toMatch(/worker-1 {2}holds 1, heard of \d\.\d s ago/)
    const json = JSON.parse((await queue('stats', 'mails', '--json')).out) as object
    expect(json).toMatchObject({ name: 'mails', queued: 2, active: 1, dead: 0 })
  })

  it('shows what waits, and nothing that would control the terminal', async () => {
    await submit([{ to: 'ada' }, '\u001B[2J\u0007'])
    const { out } = await queue('peek', 'mails')
    expect(out).toContain('ada:1')
    expect(out).toContain('{"to":"ada"}')
    // oxlint-disable-next-line no-control-regex
    expect(out).not.toMatch(/[\u0007\u001B]/)
    const [first] = (await queue('peek', 'mails', '--json', '--limit', '1')).out.trim().split('\n')
    expect(JSON.parse(first!)).toMatchObject({ id: 'ada:1', attempts: 0, item: { to: 'ada' } })
  })

  it('lists dead letters, queues them again, moves and removes them', async () => {
    await bury([1, 2, 3, 4])
    const { out } = await queue('dead', 'mails')
    expect(out.trim().split('\n')).toHaveLength(4)
    expect(out).toMatch(/^ada:1 .*1 attempt {2}gave up {2}1$/m)

    expect((await queue('retry', 'mails', 'ada:1', 'nobody:9')).out).toBe('queued again: 1\n')
    expect((await queue('move', 'mails', 'ada:2', '--to', 'others')).out).toBe('moved: 1\n')
    expect((await queue('remove', 'mails', 'ada:3')).out).toBe('removed: 1\n')
    expect((await queue('retry', 'mails', '--all', '--json')).out).toBe('{"count":1}\n')

    expect(await transport.admin('mails').stats()).toMatchObject({ queued: 2, dead: 0 })
    const [moved] = await transport.admin('others').peek(10)
    expect(moved?.body).toEqual(new Uint8Array(body(2)))
  })

  it('purges what waits only if that is said, and tells whoever waits', async () => {
    await submit([1, 2])
    const refused = await queue('purge', 'mails')
    expect(refused).toMatchObject({ code: 2 })
    expect(refused.err).toContain('add --yes if that is meant')
    expect((await queue('purge', 'mails', '--yes')).out).toBe('purged: 2\n')
    const replies = await transport.client('mails', 'ada').replies({ wait: 0, signal: never })
    expect(replies).toHaveLength(2)
    expect(Buffer.from(replies[0]!.body).toString()).toContain('JITNEY_REMOTE_PURGED')
  })

  it.each([
    [['look', 'mails'], 'the actions are stats, peek, dead, retry, move, remove, purge'],
    [['stat', 'mails'], 'did you mean stats?'],
    [['stats'], 'expected the name of a queue'],
    [['stats', 'a b'], "received 'a b'"],
    [['retry', 'mails'], 'expected ids of dead letters or --all, received neither'],
    [['retry', 'mails', 'ada:1', '--all'], 'received both'],
    [['move', 'mails', '--all'], '--to and move belong together'],
    [['peek', 'mails', 'ada:1'], 'expected a queue alone, received ada:1'],
    [['peek', 'mails', '--limit', '0'], '--limit'],
  ])('refuses %j', async (parameters, words) => {
    const { code, err } = await queue(...parameters)
    expect(code).toBe(2)
    expect(err).toContain(words)
  })

  it('says which server it cannot reach, and no password', async () => {
    const child = spawn(process.execPath, [bin, 'queue', 'stats', 'mails'], {
      env: { ...process.env, JITNEY_REDIS_URL: 'redis://ada:secret@127.0.0.1:1' },
    })
    const [err, code] = await Promise.all([
      text(child.stderr),
      new Promise<number>((resolve) => child.on('close', resolve)),
    ])
    expect(code).toBe(1)
    expect(err).toContain('Cannot reach Redis at 127.0.0.1:1')
    expect(err).not.toContain('secret')
  })
})
