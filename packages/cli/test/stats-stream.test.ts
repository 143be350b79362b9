import { connect } from 'node:net'
import { fastify } from 'fastify'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Streams } from '../src/server/stream/streams.ts'
import type { Snapshot } from '../src/server/watch/snapshot.ts'
import { StatsStream } from '../src/server/watch/stats-stream.ts'
import { startService, type StartedService } from './helpers/start-service.ts'

const run = (items: unknown[]): unknown[] =>
  items.map((item) => (item === 0 ? new RangeError('no') : item))

const ask = (url: string, body: string): Promise<Response> =>
  fetch(`${url}/run`, { method: 'POST', body })

/** Listens to the events of a service until the test ends. */
async function listen(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ answer: Response; events: AsyncGenerator<Snapshot, void>; leave: () => void }> {
  const controller = new AbortController()
  const leave = (): void => controller.abort()
  onTestFinished(leave)
  const answer = await fetch(`${url}/stats/stream`, { headers, signal: controller.signal })
  return { answer, events: eventsOf(answer), leave }
}

async function* eventsOf({ body }: Response): AsyncGenerator<Snapshot, void> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const part of body!) {
    const blocks = (text + decoder.decode(part as Uint8Array, { stream: true })).split('\n\n')
    text = blocks.pop()!
    for (const block of blocks) {
      const [, data] = /^event: stats\ndata: (.*)$/m.exec(block) ?? []
      if (data !== undefined) yield JSON.parse(data) as Snapshot
    }
  }
}

async function next(events: AsyncGenerator<Snapshot, void>): Promise<Snapshot> {
  return (await events.next()).value as Snapshot
}

/** How many streams are open, by what `/metrics` says. */
async function openStreams({ service }: StartedService): Promise<number> {
  const { body } = await service.app.inject('/metrics')
  return Number(/^jitney_open_streams (\d+)$/m.exec(body)![1])
}

describe('GET /stats/stream', () => {
  it('tells at once how things are, and again and again', async () => {
    const { url } = await startService({ run })
    await Promise.all(['0', '1', '2'].map((body) => ask(url, body)))
    const { answer, events } = await listen(url)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const first = await next(events)
    expect(first).toMatchObject({ state: 'open', requests: 3, openStreams: 1 })
    expect(first.routes['run']).toMatchObject({
      requests: 3,
      fulfilled: 2,
      rejected: 1,
      slots: 1,
      maxBatchSize: 100,
      maxQueueSize: 1000,
      answers: { 200: 2, 500: 1 },
      latency: { count: 3 },
      batchSize: { sum: 3, count: first.batches },
    })
    await ask(url, '3')
    const second = await next(events)
    expect(second.requests).toBe(4)
    expect(second.uptime).toBeGreaterThan(first.uptime)
  })

  it('says the same as /metrics and /stats', async () => {
    const { url } = await startService({ run })
    for (let item = 0; item < 5; item += 1) await ask(url, `${item}`)
    const { events } = await listen(url)
    const { routes } = await next(events)
    const route = routes['run']!
    const stats = (await (await fetch(`${url}/stats`)).json()) as {
      routes: { run: Record<string, unknown> }
    }
    expect(route).toMatchObject(stats.routes.run)
    const metrics = await (await fetch(`${url}/metrics`)).text()
    const valueOf = (sample: string): number =>
      Number(
        metrics
          .split('\n')
          .find((line) => line.startsWith(`${sample} `))!
          .split(' ')[1],
      )
    for (const [name, { sum, count, buckets }] of [
      ['jitney_item_duration_seconds', route.latency],
      ['jitney_batch_size_items', route.batchSize],
      ['jitney_batch_duration_seconds', route.batchDuration],
      ['jitney_batch_queue_time_seconds', route.queueTime],
    ] as const) {
      expect(valueOf(`${name}_sum{route="run"}`)).toBe(sum)
      expect(valueOf(`${name}_count{route="run"}`)).toBe(count)
      for (const [bound, upTo] of buckets) {
        expect(valueOf(`${name}_bucket{le="${bound ?? '+Inf'}",route="run"}`)).toBe(upTo)
      }
    }
    for (const [reason, count] of Object.entries(route.reasons)) {
      expect(valueOf(`jitney_batches_total{route="run",reason="${reason}"}`)).toBe(count)
    }
    for (const [status, count] of Object.entries(route.answers)) {
      expect(valueOf(`jitney_answers_total{route="run",status="${status}"}`)).toBe(count)
    }
  })

  it('is one of the open streams, of which there are only so many', async () => {
    const started = await startService({ run }, { maxStreams: 2 })
    const first = await listen(started.url)
    await next(first.events)
    const second = await listen(started.url)
    await next(second.events)
    const third = await listen(started.url)
    expect(third.answer.status).toBe(503)
    expect(third.answer.headers.get('retry-after')).toBe('1')
    expect(await third.answer.json()).toMatchObject({ code: 'JITNEY_STREAMS_FULL' })
    first.leave()
    await expect.poll(() => openStreams(started)).toBe(1)
    expect((await listen(started.url)).answer.status).toBe(200)
  })

  it('asks for the token', async () => {
    const { url } = await startService({ run }, { token: 't' })
    expect((await listen(url)).answer.status).toBe(401)
    expect((await listen(url, { authorization: 'Bearer x' })).answer.status).toBe(401)
    const { answer, events } = await listen(url, { authorization: 'Bearer t' })
    expect(answer.status).toBe(200)
    expect(await next(events)).toMatchObject({ state: 'open' })
  })

  it('ends when the service stops, which does not wait for it', async () => {
    const { service, url } = await startService({ run })
    const { events } = await listen(url)
    await next(events)
    const stopped = service.stop()
    let last: Snapshot | undefined
    for await (const event of events) last = event
    expect(last).toMatchObject({ state: 'closing' })
    expect(await stopped).toBe(true)
  })

  it('tells of the routes that there are now', async () => {
    const { service, url } = await startService({ run })
    const { events } = await listen(url)
    await next(events)
    await service.reload([{ name: 'other', batchFunction: run, options: {} }])
    expect(Object.keys((await next(events)).routes)).toEqual(['other'])
  })

  it('leaves a listener that reads nothing, and keeps little for it', async () => {
    const streams = new Streams(1)
    const [large, patience] = ['x'.repeat(32 * 1024 * 1024), 1000]
    let told = 0
    const snapshot = async (): Promise<object> => ({ large, told: (told += 1) })
    const watch = new StatsStream({ streams, snapshot, patience })
    const app = fastify({ forceCloseConnections: true })
    app.get('/', (request, reply) => watch.handle(request, reply))
    onTestFinished(() => app.close())
    const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }))
    const socket = connect(Number(port), '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    socket.pause()
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
    await expect.poll(() => streams.open).toBe(1)
    await expect.poll(() => streams.open, { timeout: 25_000 }).toBe(0)
    expect(told).toBeGreaterThan(1)
  })

  it('answers HEAD without opening a stream', async () => {
    const { url } = await startService({ run }, { maxStreams: 1 })
    for (let round = 0; round < 3; round += 1) {
      const answer = await fetch(`${url}/stats/stream`, { method: 'HEAD' })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toContain('text/event-stream')
    }
  })
})
