import type { BatcherOptions } from 'jitney'
import { deferred, manualBatches } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { defineBatch } from '../src/index.ts'
import { queueBound } from '../src/server/queue-bound.ts'
import { postHead, RawClient } from './helpers/raw-client.ts'
import { createService, startService } from './helpers/start-service.ts'
import { until } from './helpers/until.ts'

describe('At the bound', () => {
  it('a request is answered with 503 and when to come back, and one that fits again is served', async () => {
    const batches = manualBatches<number, number>()
    const { service } = createService({
      run: defineBatch(batches.batchFunction, { maxBatchSize: 1, maxQueueSize: 2 }),
    })
    const send = (item: number) =>
      service.app.inject({ method: 'POST', url: '/run', payload: `${item}` })
    const first = send(1)
    await until(() => batches.calls.length === 1)
    const waiting = [send(2), send(3)]
    await until(() => service.stats().routes['run']!.queued === 2)
    const refused = await send(4)
    expect(refused.json()).toMatchObject({ status: 503, code: 'JITNEY_QUEUE_FULL' })
    expect(refused.headers['retry-after']).toBe('1')
    batches.calls[0]!.resolve([10])
    await first
    await until(() => batches.calls.length === 2)
    const again = send(5)
    for (const call of [1, 2, 3]) {
      await until(() => batches.calls.length === call + 1)
      batches.calls[call]!.resolve([0])
    }
    expect((await Promise.all([...waiting, again])).map(({ statusCode }) => statusCode)).toEqual([
      200, 200, 200,
    ])
    expect(service.stats().routes['run']).toMatchObject({ requests: 5, refused: 1 })
  })

  it('nothing is refused while a slot is free', async () => {
    const { service } = createService({
      run: defineBatch((items: number[]) => items, {
        maxBatchSize: 10,
        maxQueueSize: 10,
        concurrency: 5,
      }),
    })
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        service.app.inject({ method: 'POST', url: '/run', payload: '1' }),
      ),
    )
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 200))
  })

  it('the log stays quiet', async () => {
    const { service, failures } = createService({
      run: defineBatch(() => new Promise<unknown[]>(() => {}), {
        maxBatchSize: 1,
        maxQueueSize: 1,
      }),
    })
    const send = () => service.app.inject({ method: 'POST', url: '/run', payload: '1' })
    void send()
    void send()
    await until(() => service.stats().routes['run']!.queued === 1)
    expect((await send()).statusCode).toBe(503)
    expect(failures).toEqual([])
  })
})

describe('A full queue', () => {
  const stuck = () => new Promise<unknown[]>(() => {})

  async function filled(options: BatcherOptions) {
    const run = defineBatch(stuck, { maxBatchSize: 1, maxQueueSize: 1, ...options })
    const { service, port } = await startService({ run })
    const stats = () => service.stats().routes['run']!
    const send = async (body: string) => {
      const client = await RawClient.open(port)
      client.post('/run', body)
      return client
    }
    await send('1')
    await until(() => stats().active === 1)
    await send('2')
    await until(() => stats().queued === 1)
    return { service, port, stats, send }
  }

  it('refuses from the head alone, and counts', async () => {
    const { service, port, stats } = await filled({})
    const client = await RawClient.open(port)
    client.send(postHead('/run', 1))
    const { status, headers, body } = await client.answer()
    expect(status).toBe(503)
    expect(headers).toMatchObject({ 'retry-after': '1', 'cache-control': 'no-store' })
    expect(JSON.parse(body)).toMatchObject({ code: 'JITNEY_QUEUE_FULL' })
    expect(stats()).toMatchObject({ requests: 3, refused: 1 })
    const metrics = (await service.app.inject('/metrics')).body
    expect(metrics).toContain('jitney_answers_total{route="run",status="503"} 1')
    expect(metrics).toContain('jitney_items_total{route="run",outcome="refused"} 1')
    // What is left of the body is not taken for another request.
    client.send('3')
    client.post('/run', '4')
    expect((await client.answer()).status).toBe(503)
  })

  it('refuses from the head also who is one too many in its own turn', async () => {
    const { port, stats } = await filled({ maxQueueSize: 3 })
    const clients = await Promise.all(Array.from({ length: 4 }, () => RawClient.open(port)))
    for (const client of clients) {
      client.send('GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')
      await client.answer()
    }
    // Accepted by now, so all are read in one turn. A body that is read would be refused with 400.
    for (const [index, client] of clients.entries()) client.post('/run', index < 2 ? '3' : 'x')
    const answers = await Promise.all(clients.slice(2).map((client) => client.answer()))
    expect(answers.map(({ status }) => status)).toEqual([503, 503])
    expect(stats()).toMatchObject({ requests: 6, active: 1, queued: 3, refused: 2 })
  })

  it('still takes what shares an item in it', async () => {
    const { stats, send } = await filled({ dedupeKey: (item) => item })
    const sharing = await send('2')
    await until(() => stats().requests === 3)
    const other = await send('3')
    expect((await other.answer()).status).toBe(503)
    expect(stats()).toMatchObject({ requests: 4, refused: 1 })
    expect(sharing.unread).toBe('')
  })
})

describe('Under load', () => {
  it('the next batch leaves before the answers of the last are written', async () => {
    const order: string[] = []
    const batches = manualBatches<number, object>()
    const { service } = createService({
      run: defineBatch(
        (items: number[], context) => {
          order.push(`batch ${items.join()}`)
          return batches.batchFunction(items, context)
        },
        { maxBatchSize: 2, maxQueueTime: 0 },
      ),
    })
    const send = (item: number) =>
      service.app.inject({ method: 'POST', url: '/run', payload: `${item}` })
    const result = (item: number) => ({ toJSON: () => order.push(`answer ${item}`) })
    // The second one is full, and the third is not.
    const answers = [1, 2, 3, 4, 5].map((item) => send(item))
    for (const [call, items] of [[1, 2], [3, 4], [5]].entries()) {
      await until(() => batches.calls.length === call + 1)
      batches.calls[call]!.resolve(items.map(result))
    }
    await Promise.all(answers)
    const names = 'batch 1,2|batch 3,4|answer 1|answer 2|batch 5|answer 3|answer 4|answer 5'
    expect(order.join('|')).toBe(names)
  })
})

describe('The bound', () => {
  it('is ten times what runs at once, and finite whatever is infinite', () => {
    expect(queueBound({ maxBatchSize: 100, concurrency: 1 })).toBe(1000)
    expect(queueBound({ maxBatchSize: 1000, concurrency: 4 })).toBe(40_000)
    expect(queueBound({ maxBatchSize: Infinity, concurrency: 2 })).toBe(20_000)
    expect(queueBound({ maxBatchSize: 50, concurrency: Infinity })).toBe(5000)
    expect(queueBound({ maxBatchSize: Infinity, concurrency: Infinity })).toBe(100_000)
    expect(queueBound({ maxBatchSize: Number.MAX_SAFE_INTEGER, concurrency: 10 })).toBe(
      Number.MAX_SAFE_INTEGER,
    )
  })

  it('holds for a route that did not ask for one', async () => {
    const { service } = createService({
      run: defineBatch(() => new Promise<unknown[]>(() => {}), { maxBatchSize: 2 }),
    })
    const answers = Array.from({ length: 23 }, () =>
      service.app.inject({ method: 'POST', url: '/run', payload: '1' }),
    )
    expect((await Promise.race(answers)).statusCode).toBe(503)
    expect(service.stats().routes['run']).toMatchObject({ active: 1, queued: 20, refused: 1 })
  })

  it('gives way to one that was asked for', async () => {
    const { service } = createService({
      run: defineBatch(() => new Promise<unknown[]>(() => {}), {
        maxBatchSize: 1,
        maxQueueSize: Infinity,
      }),
    })
    for (let count = 0; count < 50; count++) {
      void service.app.inject({ method: 'POST', url: '/run', payload: '1' })
    }
    await until(() => service.stats().routes['run']!.queued === 49)
    expect(service.stats().routes['run']).toMatchObject({ active: 1, refused: 0 })
  })
})

describe('A limit that keeps a batch from being full', () => {
  const warnings = (options: object, maxConnections?: number) =>
    createService({ run: defineBatch((items: number[]) => items, options) }, { maxConnections })
      .service.warnings

  it('is warned of by the names of both settings', () => {
    expect(warnings({ maxBatchSize: 140 }, 100)).toEqual([
      expect.stringMatching(/--max-connections 100 is below maxBatchSize 140 of \/run/),
    ])
    expect(warnings({ maxBatchSize: 140, maxQueueSize: 100 })).toEqual([
      expect.stringMatching(/maxQueueSize 100 is below maxBatchSize 140 of \/run/),
    ])
  })

  it('is not seen where there is none', () => {
    expect(warnings({})).toEqual([])
    expect(warnings({ maxBatchSize: 100 }, 100)).toEqual([])
    expect(warnings({ maxBatchSize: Infinity }, 10)).toEqual([])
  })
})

describe('Wrong options of a batch', () => {
  it('are refused when the service is made, by name', () => {
    const make = (options: object) => () =>
      createService({ run: defineBatch((items: number[]) => items, options) })
    expect(make({ maxBatchSise: 5 })).toThrow(/maxBatchSise/)
    expect(make({ maxBatchSize: 0 })).toThrow(/maxBatchSize/)
    expect(make({ maxQueueSize: 0.5 })).toThrow(/maxQueueSize/)
  })
})

describe('The bytes of items that wait or run', () => {
  it('are bounded; beyond the bound callers are told to come back', async () => {
    const gate = deferred()
    const run = async (items: unknown[]): Promise<unknown[]> => {
      await gate.promise
      return items.map(() => 1)
    }
    const { service } = createService({ run }, { maxQueuedBytes: 25 })
    const ask = () =>
      service.app.inject({ method: 'POST', url: '/run', payload: `"${'x'.repeat(8)}"` })
    const first = [ask(), ask()]
    await expect.poll(() => service.stats().requests).toBe(2)
    const third = await ask()
    expect(third.headers['retry-after']).toBe('1')
    expect(third.json()).toMatchObject({ status: 503, code: 'JITNEY_BYTES_FULL' })
    gate.resolve()
    expect((await Promise.all(first)).map((answer) => answer.statusCode)).toEqual([200, 200])
    expect((await ask()).statusCode).toBe(200)
    const large = await service.app.inject({
      method: 'POST',
      url: '/run',
      payload: `"${'x'.repeat(100)}"`,
    })
    expect(large.statusCode).toBe(200)
  })
})
