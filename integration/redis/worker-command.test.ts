import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createClient } from 'redis'
import { redisTransport } from 'jitney/redis'
import { RemoteBatcher } from 'jitney/remote'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'

import { listening, type Running, startJitney } from '../jitney-command.ts'
import { findService } from '../services.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

/** Writes down what it does, and takes so long that a kill meets it at work. */
const squares = `
import { appendFileSync } from 'node:fs'
export default async (numbers) => {
  appendFileSync(process.env.LEDGER, numbers.map((n) => n + '\\n').join(''))
  await new Promise((resolve) => setTimeout(resolve, 50))
  return numbers.map((n) => n * n)
}
`
const lengths = `
export default (texts) => {
  if (texts.includes('poison')) throw new Error('odd')
  return texts.map((text) => text.length)
}
`

describe.skipIf(findService('redis-server') === undefined)('jitney worker on Redis', () => {
  let server: RedisServer
  let folder: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jitney-worker-'))
    writeFileSync(join(folder, 'squares.mjs'), squares)
    writeFileSync(join(folder, 'model.mjs'), lengths)
    server = await startRedis()
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  const jitney = (...parameters: string[]): Running =>
    startJitney(parameters, {
      cwd: folder,
      env: { JITNEY_REDIS_URL: server.url, LEDGER: join(folder, 'ledger') },
    })

  async function worker(...flags: string[]): Promise<Running> {
    const started = jitney('worker', 'squares.mjs', ...flags)
    await started.says('Working on squares')
    return started
  }

  async function service(routes: object, name = 'jitney.config.json') {
    writeFileSync(join(folder, name), JSON.stringify({ port: 0, routes }))
    return listening(jitney('serve', name))
  }

  const post = (url: string, item: unknown, headers = {}): Promise<Response> =>
    fetch(url, { method: 'POST', body: JSON.stringify(item), headers })
  const ledger = (): string[] =>
    readFileSync(join(folder, 'ledger'), 'utf8').split('\n').slice(0, -1)

  it(
    'answers everybody although a worker is killed in the middle',
    { timeout: 60_000 },
    async () => {
      writeFileSync(join(folder, 'ledger'), '')
      const first = await worker('--max-batch-size', '20', '--lease', '1500')
      const { url } = await service({ squares: { kind: 'remote' } })
      const numbers = Array.from({ length: 300 }, (_, n) => n)
      const answers = Promise.all(
        numbers.map(async (n) => (await (await post(`${url}/squares`, n)).json()) as number),
      )
      await first.says(/\d+ items? in/)
      first.child.kill('SIGKILL')
      await first.exit
      const second = await worker('--max-batch-size', '20', '--lease', '1500')
      expect(await answers).toEqual(numbers.map((n) => n * n))
      expect(new Set(ledger()).size).toBe(300)
      // At least once, and no more often than what was held makes it.
      expect(ledger().length).toBeLessThanOrEqual(300 + 40)
      second.child.kill('SIGTERM')
      expect(await second.exit).toBe(0)
      expect(second.out()).toMatch(/Stopping \(SIGTERM\).*\n(.*\n)*Stopped after .* items in/)
    },
  )

  it('finishes what runs at SIGTERM, and hands back the rest', { timeout: 60_000 }, async () => {
    const client = await createClient({ url: server.url }).connect()
    onTestFinished(() => client.destroy())
    // Killed workers of other tests are remembered for a while.
    await client.flushAll()
    const transport = redisTransport(client)
    const batcher = new RemoteBatcher<number, number>('squares', { transport })
    writeFileSync(join(folder, 'ledger'), '')
    const results = batcher.processAll(Array.from({ length: 400 }, (_, n) => n))
    // A lease that nobody could wait for.
    const long = ['--lease', '600000']
    const first = await worker('--max-batch-size', '5', ...long)
    await vi.waitUntil(() => ledger().length >= 10, { timeout: 20_000 })
    first.child.kill('SIGTERM')
    expect(await first.exit).toBe(0)
    expect(first.out()).not.toContain('aborted')
    const done = ledger().length
    expect(done).toBeLessThan(400)
    expect(await transport.admin('squares').stats()).toMatchObject({ active: 0, workers: [] })
    const second = await worker('--max-batch-size', '100', ...long)
    expect(await results).toHaveLength(400)
    // Nothing was done twice.
    expect(ledger()).toHaveLength(400)
    await batcher.close()
    second.child.kill('SIGTERM')
    expect(await second.exit).toBe(0)
  })

  it('lets callers know of poison, and goes on', { timeout: 60_000 }, async () => {
    const { url } = await service({ length: { kind: 'remote', queue: 'lengths' } })
    const running = jitney('worker', 'model.mjs', '--queue', 'lengths', '--max-deliveries', '2')
    const texts = ['a', 'poison', 'ccc']
    const answers = await Promise.all(texts.map((text) => post(`${url}/length`, text)))
    expect(answers.map(({ status }) => status)).toEqual([200, 502, 200])
    expect(await answers[1]!.json()).toMatchObject({ code: 'JITNEY_REMOTE_GIVEN_UP' })
    expect(running.err()).toContain('A batch of lengths failed: Error: odd')
    const stats = (await (await fetch(`${url}/stats`)).json()) as { routes: object }
    expect(stats.routes).toMatchObject({ length: { queue: { workers: 1, dead: 1, queued: 0 } } })
  })

  it('is ready again when its server is', { timeout: 60_000 }, async () => {
    await server.stop('SIGKILL')
    const { url } = await service({ squares: { kind: 'remote', timeout: 40_000 } })
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    const ready = await fetch(`${url}/readyz`)
    expect([ready.status, await ready.json()]).toMatchObject([
      503,
      { code: 'JITNEY_QUEUE_UNREACHABLE' },
    ])
    const answer = post(`${url}/squares`, 12)
    const running = await worker()
    await server.start()
    expect(await (await answer).json()).toBe(144)
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    running.child.kill('SIGTERM')
    expect(await running.exit).toBe(0)
  })
})
