import { deferred, manualBatches } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { defineBatch } from '../src/index.ts'
import type { Service } from '../src/server/service.ts'
import { RawClient } from './helpers/raw-client.ts'
import { startService } from './helpers/start-service.ts'
import { until } from './helpers/until.ts'

interface Sized {
  readonly size: unknown
}

const megabytes = 20
const large = (items: unknown[]): string[] => items.map(() => 'x'.repeat(megabytes * 1024 * 1024))

async function ask(client: RawClient, path: string, item: unknown) {
  client.post(path, JSON.stringify(item))
  return await client.answer()
}

async function heldBytes(service: Service): Promise<string | undefined> {
  const { body } = await service.app.inject('/metrics')
  return /^jitney_held_bytes (\d+)$/m.exec(body)?.[1]
}

describe('A large answer', () => {
  it('arrives whole', async () => {
    const { port } = await startService({ large })
    const { status, body } = await ask(await RawClient.open(port), '/large', 1)
    expect([status, body.length]).toEqual([200, megabytes * 1024 * 1024 + 2])
  })

  it('whose client goes in the middle of it harms nobody, and nothing of it is held', async () => {
    const { service, port, failures } = await startService({
      large,
      run: (items: unknown[]) => items,
    })
    const other = await RawClient.open(port)
    for (let round = 0; round < 5; round++) {
      const client = await RawClient.open(port)
      client.post('/large', '1')
      await new Promise((resolve) => client.socket.once('data', resolve))
      client.socket.resetAndDestroy()
      expect((await ask(other, '/run', round)).body).toBe(`${round}`)
    }
    const connections = (): Promise<number> =>
      new Promise((resolve) => service.app.server.getConnections((_error, count) => resolve(count)))
    await until(async () => (await connections()) === 1)
    expect(await heldBytes(service)).toBe('0')
    expect(failures).toEqual([])
  })

  it('that its client does not read holds up nobody else, and stopping only until its time is up', async () => {
    const { service, port } = await startService({ large, run: (items: unknown[]) => items })
    const idle = await RawClient.open(port)
    idle.post('/large', '1')
    await new Promise((resolve) => idle.socket.once('data', resolve))
    idle.socket.pause()
    const other = await RawClient.open(port)
    expect((await ask(other, '/run', 42)).body).toBe('42')
    expect(await service.stop({ timeout: 50 })).toBe(false)
  })
})

describe('A slow upstream', () => {
  it('is waited for: others of the same service are answered meanwhile', async () => {
    const gate = deferred<number[]>()
    const { port } = await startService({
      slow: () => gate.promise,
      run: (items: unknown[]) => items,
    })
    const [slow, other] = await Promise.all([RawClient.open(port), RawClient.open(port)])
    slow.post('/slow', '1')
    expect((await ask(other, '/run', 2)).body).toBe('2')
    gate.resolve([3])
    expect((await slow.answer()).body).toBe('3')
  })

  it('that takes longer than the batch may fails its callers with 504, and those after it are served', async () => {
    const { port } = await startService({
      run: defineBatch(
        (items: unknown[]) => (items[0] === 'slow' ? new Promise<unknown[]>(() => {}) : items),
        { timeout: 50, maxBatchSize: 1, concurrency: 2 },
      ),
    })
    const client = await RawClient.open(port)
    const late = await ask(client, '/run', 'slow')
    expect(JSON.parse(late.body)).toMatchObject({ status: 504, code: 'JITNEY_BATCH_TIMEOUT' })
    expect((await ask(client, '/run', 'quick')).body).toBe('"quick"')
  })
})

describe('Under pressure', () => {
  it('the service says that it is alive and ready, and what it does', async () => {
    const batches = manualBatches<number, number>()
    const { service, port } = await startService({
      run: defineBatch(batches.batchFunction, { maxBatchSize: 1, maxQueueSize: 1 }),
    })
    const clients = await Promise.all([1, 2, 3].map(() => RawClient.open(port)))
    clients[0]!.post('/run', '1')
    await until(() => batches.calls.length === 1)
    clients[1]!.post('/run', '2')
    await until(() => service.stats().routes['run']!.queued === 1)
    expect((await ask(clients[2]!, '/run', 3)).status).toBe(503)
    for (const path of ['/healthz', '/readyz', '/metrics', '/stats']) {
      clients[2]!.send(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`)
      expect((await clients[2]!.answer('GET')).status).toBe(200)
    }
    batches.calls[0]!.resolve([1])
    await until(() => batches.calls.length === 2)
    batches.calls[1]!.resolve([2])
    expect((await clients[0]!.answer()).body).toBe('1')
    expect((await clients[1]!.answer()).body).toBe('2')
  })
})

describe('A function that looks at items and throws', () => {
  it('fails that item alone', async () => {
    const { port } = await startService({
      run: defineBatch((items: unknown[]) => items.map((item) => (item as Sized).size), {
        weight: {
          max: 10,
          of: (item) => {
            const { size } = item as Sized
            if (typeof size !== 'number') throw new TypeError('no size')
            return size
          },
        },
      }),
    })
    const clients = await Promise.all([1, 2, 3].map(() => RawClient.open(port)))
    const sizes = [1, 'large', 2]
    const answers = await Promise.all(
      clients.map((client, index) => ask(client, '/run', { size: sizes[index] })),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 500, 200])
    expect(answers[1]!.body).not.toContain('no size')
    expect((await ask(clients[1]!, '/run', { size: 3 })).body).toBe('3')
  })
})
