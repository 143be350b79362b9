import { manualBatches } from 'jitney/testing'
import { describe, expect, it, vi } from 'vitest'
import { defineBatch } from '../src/index.ts'
import { postHead, RawClient } from './helpers/raw-client.ts'
import { createService, startService } from './helpers/start-service.ts'
import { until } from './helpers/until.ts'

async function start(options = {}) {
  const batches = manualBatches<number, number>()
  const started = await startService({ run: defineBatch(batches.batchFunction, options) })
  const open = () => RawClient.open(started.port)
  const closing = () => until(() => started.service.stats().state === 'closing')
  return { ...started, batches, open, closing }
}

describe('Service.stop()', { timeout: 60_000 }, () => {
  it('answers what runs and what is queued, and closes their connections', async () => {
    const { service, batches, open, closing } = await start()
    const [running, queued] = [await open(), await open()]
    running.post('/run', '1')
    await until(() => batches.calls.length === 1)
    queued.post('/run', '2')
    await until(() => service.stats().routes['run']!.queued === 1)
    const stopped = service.stop()
    await closing()
    batches.calls[0]!.resolve([10])
    await until(() => batches.calls.length === 2)
    batches.calls[1]!.resolve([20])
    for (const [client, body] of [
      [running, '10'],
      [queued, '20'],
    ] as const) {
      const answer = await client.answer()
      expect([answer.status, answer.body, answer.headers['connection']]).toEqual([
        200,
        body,
        'close',
      ])
      await client.closed
    }
    expect(await stopped).toBe(true)
  })

  it('takes what had reached the machine, though nobody had read it yet', async () => {
    const { service, batches, open } = await start()
    const client = await open()
    client.post('/run', '1')
    const stopped = service.stop()
    await until(() => batches.calls.length === 1)
    expect(batches.items).toEqual([[1]])
    batches.calls[0]!.resolve([10])
    expect((await client.answer()).body).toBe('10')
    expect(await stopped).toBe(true)
  })

  it('does not wait for company that will not come', async () => {
    const { service, batches, open } = await start({ maxQueueTime: Infinity })
    const [whole, half] = [await open(), await open()]
    whole.post('/run', '1')
    half.send(postHead('/run', 1))
    await until(() => service.stats().routes['run']!.queued === 1)
    const stopped = service.stop()
    await until(() => batches.calls.length === 1)
    expect(batches.items).toEqual([[1]])
    batches.calls[0]!.resolve([10])
    expect((await whole.answer()).body).toBe('10')
    half.send('2')
    await until(() => batches.calls.length === 2)
    expect(batches.items).toEqual([[1], [2]])
    batches.calls[1]!.resolve([20])
    expect((await half.answer()).body).toBe('20')
    expect(await stopped).toBe(true)
  })

  it('answers a new request with 503 and closes its connection, on an open one and on a new one', async () => {
    const { service, batches, open, closing } = await start()
    const idle = await open()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const stopped = service.stop()
      await closing()
      for (const client of [idle, await open()]) {
        client.post('/run', '1')
        const answer = await client.answer()
        expect(JSON.parse(answer.body)).toMatchObject({ status: 503, code: 'JITNEY_CLOSING' })
        expect(answer.headers).toMatchObject({ 'retry-after': '1', connection: 'close' })
        await client.closed
      }
      await vi.advanceTimersByTimeAsync(100)
      expect(await stopped).toBe(true)
    } finally {
      vi.useRealTimers()
    }
    expect(batches.calls).toEqual([])
  })

  it('answers a request that was arriving when idle connections were closed', async () => {
    const { service, open } = await start()
    const [idle, arriving] = [await open(), await open()]
    const head = postHead('/run', 1)
    arriving.send(head.slice(0, 10))
    const stopped = service.stop()
    await idle.closed
    arriving.send(`${head.slice(10)}1`)
    expect((await arriving.answer()).status).toBe(503)
    await arriving.closed
    expect(await stopped).toBe(true)
  })

  it('says that it is alive and not ready', async () => {
    const { service, open, closing } = await start()
    const [alive, ready] = [await open(), await open()]
    const stopped = service.stop()
    await closing()
    alive.send('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n')
    ready.send('GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n')
    expect([(await alive.answer()).status, (await ready.answer()).status]).toEqual([200, 503])
    expect(await stopped).toBe(true)
  })

  it('answers all of a pipeline that had come, and closes after the last of it', async () => {
    const { service, batches, open, closing } = await start({ maxBatchSize: 1, concurrency: 3 })
    const client = await open()
    for (const item of [1, 2, 3]) client.post('/run', `${item}`)
    await until(() => batches.calls.length === 3)
    const stopped = service.stop()
    await closing()
    for (const call of [2, 1, 0]) batches.calls[call]!.resolve([call])
    expect((await client.answer()).body).toBe('0')
    expect((await client.answer()).body).toBe('1')
    const last = await client.answer()
    expect([last.body, last.headers['connection']]).toEqual(['2', 'close'])
    await client.closed
    expect(await stopped).toBe(true)
  })

  it('refuses what comes behind a request that still runs, after its answer', async () => {
    const { service, batches, open, closing } = await start()
    const client = await open()
    client.post('/run', '1')
    await until(() => batches.calls.length === 1)
    const stopped = service.stop()
    await closing()
    const read = vi.fn<() => void>()
    service.app.server.on('request', read)
    client.post('/run', '2')
    await until(() => read.mock.calls.length === 1)
    batches.calls[0]!.resolve([10])
    expect((await client.answer()).body).toBe('10')
    const last = await client.answer()
    expect([last.status, last.headers['connection']]).toEqual([503, 'close'])
    await client.closed
    expect(await stopped).toBe(true)
  })

  it('closes idle connections after a tenth of a second, also those that never asked for anything', async () => {
    const { service, open, closing } = await start()
    const [never, once] = [await open(), await open()]
    once.send('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n')
    await once.answer('GET')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const stopped = service.stop()
      await closing()
      await vi.advanceTimersByTimeAsync(99)
      expect(service.app.server.listening).toBe(true)
      await vi.advanceTimersByTimeAsync(1)
      expect(service.app.server.listening).toBe(false)
      await Promise.all([never.closed, once.closed])
      expect(await stopped).toBe(true)
    } finally {
      vi.useRealTimers()
    }
  })

  it('takes no new connections', async () => {
    const { service, port } = await start()
    await service.stop()
    await expect(RawClient.open(port)).rejects.toThrow('ECONNREFUSED')
  })

  it('gives up on a request that stops arriving, without calling that a loss', async () => {
    const { service, open, closing } = await start()
    const [head, body] = [await open(), await open()]
    head.send('POST /run HT')
    body.send(`${postHead('/run', 10)}1`)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const stopped = service.stop()
      await closing()
      await vi.advanceTimersByTimeAsync(5000)
      expect(await stopped).toBe(true)
    } finally {
      vi.useRealTimers()
    }
    await Promise.all([head.closed, body.closed])
  })

  it('ends a stream that goes on arriving, and says that it is the service that ends', async () => {
    const { service, batches, open, closing } = await start()
    const client = await open()
    client.send(postHead('/run/batch', 100), '1\n')
    await until(() => batches.calls.length === 1)
    batches.calls[0]!.resolve([10])
    await until(() => client.unread.includes('"result":10'))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const stopped = service.stop()
      await closing()
      await vi.advanceTimersByTimeAsync(5000)
      expect(await stopped).toBe(true)
    } finally {
      vi.useRealTimers()
    }
    await client.closed
    expect(client.unread).toContain(
      '{"done":false,"ok":1,"failed":0,"error":{"status":503,"code":"JITNEY_CLOSING"',
    )
  })

  it('aborts what still runs when the time is up: callers get 503, and it says so', async () => {
    const { service, batches, open } = await start()
    const [running, queued] = [await open(), await open()]
    running.post('/run', '1')
    await until(() => batches.calls.length === 1)
    queued.post('/run', '2')
    await until(() => service.stats().routes['run']!.queued === 1)
    expect(await service.stop({ timeout: 20 })).toBe(false)
    expect(batches.calls[0]!.context.signal.aborted).toBe(true)
    for (const client of [running, queued]) {
      const { body, headers } = await client.answer()
      expect(JSON.parse(body)).toMatchObject({ status: 503, code: 'JITNEY_BATCH_ABORTED' })
      expect(headers['connection']).toBe('close')
      await client.closed
    }
  })

  it('aborts at once when its signal says so, whatever is open', async () => {
    const { service, batches, open } = await start()
    const [running, half, idle] = [await open(), await open(), await open()]
    running.post('/run', '1')
    half.send(postHead('/run', 1))
    await until(() => batches.calls.length === 1)
    expect(await service.stop({ signal: AbortSignal.abort() })).toBe(false)
    expect((await running.answer()).status).toBe(503)
    await Promise.all([running.closed, half.closed, idle.closed])
  })

  it('called twice stops once', async () => {
    const { service } = await start()
    const first = service.stop()
    expect(service.stop()).toBe(first)
    expect(await first).toBe(true)
  })

  it('works before anything listened', async () => {
    const { service } = createService({ run: (items: unknown[]) => items })
    expect(await service.stop()).toBe(true)
  })

  it('leaves no timer and no listener behind', async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const controller = new AbortController()
    const remove = vi.spyOn(controller.signal, 'removeEventListener')
    const add = vi.spyOn(controller.signal, 'addEventListener')
    const { service, batches, open } = await start()
    const client = await open()
    client.post('/run', '1')
    await until(() => batches.calls.length === 1)
    const stopped = service.stop({ timeout: 60_000, signal: controller.signal })
    batches.calls[0]!.resolve([1])
    await client.answer()
    expect(await stopped).toBe(true)
    expect(remove).toHaveBeenCalledTimes(add.mock.calls.length)
    const after = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    expect(after).toBeLessThanOrEqual(before)
  })

  it('loses no request of clients that keep asking', async () => {
    const { service, port } = await startService({
      run: defineBatch(
        async (items: number[]) => {
          await new Promise((resolve) => setImmediate(resolve))
          return items.map((item) => item * 2)
        },
        { maxBatchSize: 1000 },
      ),
    })
    const outcomes: number[] = []
    const clients = Array.from({ length: 50 }, async (_, index) => {
      const client = await RawClient.open(port)
      for (let item = index; ; item++) {
        client.post('/run', `${item}`)
        const { status, body, headers } = await client.answer()
        outcomes.push(status === 200 ? Number(body) - item * 2 : status)
        if (headers['connection'] === 'close') break
      }
      await client.closed
    })
    await until(() => service.stats().requests > 500)
    expect(await service.stop()).toBe(true)
    await Promise.all(clients)
    // No difference from the right result, or an answer that says no.
    expect(outcomes.filter((outcome) => outcome !== 0 && outcome !== 503)).toEqual([])
  })
})
