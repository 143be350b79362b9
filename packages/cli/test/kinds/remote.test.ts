import { outcome } from 'jitney'
import {
  BatchWorker,
  type BatchWorkerOptions,
  memoryTransport,
  type RemoteBatchFunction,
  RemoteQueue,
  type Transport,
} from 'jitney/remote'
import { deferred } from 'jitney/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type QueueGlance, QueueWatch } from '../../src/kinds/remote/queue-watch.ts'
import { remoteRoute, type RemoteRouteSettings } from '../../src/kinds/remote/remote-route.ts'
import { post, routesOf, startRoutes } from '../helpers/start-config.ts'
import { until } from '../helpers/until.ts'

interface SetUp {
  readonly transport?: Transport
  readonly settings?: Partial<RemoteRouteSettings>
}

/** A service in front of the queue `numbers`, and no worker yet. */
async function setUp({ transport = memoryTransport(), settings = {} }: SetUp = {}) {
  const all = { queue: 'numbers', keyHeader: undefined, maxItemBytes: undefined, options: {} }
  const route = remoteRoute(
    'n',
    { transport, close: () => Promise.resolve() },
    { ...all, ...settings },
  )
  const { url, service, failures } = await startRoutes([route])
  const work = (
    batchFunction: RemoteBatchFunction<unknown>,
    options: Partial<BatchWorkerOptions> = {},
  ): BatchWorker<unknown> => {
    const worker = new BatchWorker('numbers', batchFunction, { transport, ...options })
    onTestFinished(() => {
      worker.abort()
    })
    return worker
  }
  const queued = async (): Promise<number> => {
    const stats = await transport.admin('numbers').stats()
    return stats.queued
  }
  return { url: `${url}/n`, root: url, service, failures, work, queued, transport }
}

const doubled: RemoteBatchFunction<unknown> = (items) => (items as number[]).map((n) => n * 2)

/** A queue that nobody answers for. */
function unreachable(): Transport {
  const refuse = (): Promise<never> => Promise.reject(new Error('connect ECONNREFUSED'))
  const side = {
    submit: refuse,
    replies: refuse,
    cancel: refuse,
    stats: refuse,
    close: () => Promise.resolve(),
  }
  return {
    retention: 600_000,
    client: () => side,
    worker: () => side,
    admin: () => side,
  } as unknown as Transport
}

describe('A route of kind remote', () => {
  it('answers each request with the result that a worker had for its item', async () => {
    const { url, work, queued } = await setUp()
    const answers = Promise.all([1, 2, 3, 4].map((n) => post(url, n)))
    await until(async () => (await queued()) === 4)
    const sizes: number[] = []
    work((items, context) => {
      sizes.push(items.length)
      return doubled(items, context)
    })
    expect((await answers).map(({ body }) => body)).toEqual([2, 4, 6, 8])
    expect(sizes).toEqual([4])
  })

  it('answers streams of items as well', async () => {
    const { url, work } = await setUp()
    work(doubled)
    const answer = await fetch(`${url}/batch`, { method: 'POST', body: '[1,2,3]' })
    const lines = (await answer.text()).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual({ index: 2, result: 6 })
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ done: true, ok: 3, failed: 0 })
  })

  it('tells the worker the key, the priority and where the request belongs', async () => {
    const { url, work } = await setUp({ settings: { keyHeader: 'X-Tenant' } })
    work((items, { key, entries }) =>
      items.map((item, at) => ({ item, key, trace: entries[at]!.trace })),
    )
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
    const headers = { 'x-tenant': 'ada', 'x-priority': '2', traceparent }
    expect((await post(url, 1, headers)).body).toEqual({
      item: 1,
      key: 'ada',
      trace: { traceparent },
    })
    expect((await post(url, 2)).body).toEqual({ item: 2, key: '' })
  })

  it('hands over what has priority first', async () => {
    const { url, work, queued } = await setUp()
    const first = post(url, 'late')
    await until(async () => (await queued()) === 1)
    const second = post(url, 'soon', { 'x-priority': '5' })
    await until(async () => (await queued()) === 2)
    const seen: unknown[] = []
    work(
      (items) => {
        seen.push(...items)
        return items
      },
      { maxBatchSize: 1 },
    )
    await Promise.all([first, second])
    expect(seen).toEqual(['soon', 'late'])
  })

  it('refuses what is more than it may have on its way', async () => {
    const { url, work } = await setUp({ settings: { options: { maxQueueSize: 2 } } })
    const answers = Promise.all([1, 2, 3].map((n) => post(url, n)))
    const refused = await Promise.race([answers, post(url, 4)])
    expect(refused).toMatchObject({ status: 503, body: { code: 'JITNEY_QUEUE_FULL' } })
    expect((refused as { headers: Headers }).headers.get('retry-after')).toBe('1')
    work(doubled)
    expect((await answers).map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 200, 503,
    ])
  })

  it('refuses them as well when the queue itself is full', async () => {
    const transport = memoryTransport({ maxItems: 1 })
    const { url, work } = await setUp({ transport, settings: { options: { maxQueueSize: 2 } } })
    const answers = Promise.all([1, 2, 3, 4].map((n) => post(url, n)))
    const refused = await Promise.race([answers, post(url, 5)])
    expect(refused).toMatchObject({ status: 503 })
    work(doubled)
    expect((await answers).map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 200, 503, 503,
    ])
  })

  it('tells the queue how long a request waits, and a worker starts nothing later', async () => {
    const memory = memoryTransport()
    const told: number[] = []
    const transport: Transport = {
      ...memory,
      client: (queue, name) => {
        const link = memory.client(queue, name)
        const submit: typeof link.submit = (items, settled) => {
          told.push(...items.map(({ timeToLive }) => timeToLive))
          return link.submit(items, settled)
        }
        return { ...link, submit }
      },
    }
    const { url, work } = await setUp({ transport })
    work(doubled)
    expect((await post(url, 1, { 'x-request-timeout': '60000' })).body).toBe(2)
    expect((await post(url, 2)).body).toBe(4)
    expect(told[0]).toBeGreaterThan(0)
    expect(told[0]).toBeLessThan(60_010)
    expect(told.slice(1)).toEqual([Infinity])
  })

  it('takes back the item of a client that goes, or whose time is over', async () => {
    const { url, queued, work } = await setUp()
    const late = await post(url, 1, { 'x-request-timeout': '20' })
    expect(late).toMatchObject({ status: 504, body: { code: 'JITNEY_DEADLINE' } })
    const leaving = new AbortController()
    const left = fetch(url, { method: 'POST', body: '2', signal: leaving.signal })
    await until(async () => (await queued()) === 1)
    leaving.abort()
    await expect(left).rejects.toThrow('aborted')
    await until(async () => (await queued()) === 0)
    const seen: unknown[] = []
    work((items) => {
      seen.push(...items)
      return items
    })
    expect((await post(url, 3)).body).toBe(3)
    expect(seen).toEqual([3])
  })

  it.each<[string, RemoteBatchFunction<unknown>, Partial<BatchWorkerOptions>, object]>([
    [
      'was given up',
      () => {
        throw new Error('secret')
      },
      { maxDeliveries: 1 },
      { status: 502, code: 'JITNEY_REMOTE_GIVEN_UP' },
    ],
    [
      'failed with its batch',
      () => {
        throw new Error('secret')
      },
      { retry: { when: () => false } },
      { status: 502, code: 'JITNEY_BATCH_FAILED' },
    ],
    [
      'took too long',
      () => new Promise(() => {}),
      { timeout: 20 },
      { status: 504, code: 'JITNEY_BATCH_TIMEOUT' },
    ],
    [
      'has an error of its own',
      (items) => items.map(() => outcome.error(Object.assign(new Error('odd'), { status: 422 }))),
      {},
      { status: 422, code: 'JITNEY_ITEM_FAILED', detail: 'odd' },
    ],
  ])('says what became of an item that %s', async (_words, batchFunction, options, problem) => {
    const { url, work } = await setUp()
    work(batchFunction, options)
    const { headers, body } = await post(url, 1)
    expect(headers.get('content-type')).toContain('application/problem+json')
    expect(body).toMatchObject(problem)
    expect(JSON.stringify(body)).not.toContain('secret')
  })

  it('says 504 when no worker came in time, 413 for what is too large', async () => {
    const { url } = await setUp({ settings: { maxItemBytes: 100, options: { timeout: 20 } } })
    expect(await post(url, 1)).toMatchObject({
      status: 504,
      body: { code: 'JITNEY_REMOTE_DEADLINE' },
    })
    expect(await post(url, 'x'.repeat(200))).toMatchObject({
      status: 413,
      body: { code: 'JITNEY_BODY_TOO_LARGE' },
    })
  })

  it('says 502 when somebody purges the queue', async () => {
    const { url, queued, transport } = await setUp()
    const answer = post(url, 1)
    await until(async () => (await queued()) === 1)
    const queue = new RemoteQueue('numbers', { transport })
    await queue.purge()
    expect(await answer).toMatchObject({ status: 502, body: { code: 'JITNEY_REMOTE_PURGED' } })
    await queue.close()
  })

  it('answers all that came before it stops', async () => {
    const { url, work, queued, service } = await setUp()
    const answer = post(url, 21)
    await until(async () => (await queued()) === 1)
    const stopped = service.stop()
    work(doubled)
    expect((await answer).body).toBe(42)
    expect(await stopped).toBe(true)
  })

  it('tells who still waits when the time to stop is over', async () => {
    const { url, queued, service, failures } = await setUp()
    const answer = post(url, 1)
    await until(async () => (await queued()) === 1)
    expect(await service.stop({ timeout: 20 })).toBe(false)
    expect(await answer).toMatchObject({ status: 503, body: { code: 'JITNEY_REMOTE_ABORTED' } })
    expect(failures).toEqual([])
  })
})

describe('The queue of a route', () => {
  it('is shown by /stats as it is now', async () => {
    const { url, root, work } = await setUp()
    const started = deferred()
    const gate = deferred()
    work(
      async (items) => {
        started.resolve()
        await gate.promise
        return items
      },
      { maxBatchSize: 1 },
    )
    const answers = Promise.all([1, 2, 3].map((n) => post(url, n)))
    await started.promise
    let seen: QueueGlance | null | undefined
    // It is looked at once a second at most.
    await until(async () => {
      const stats = await (await fetch(`${root}/stats`)).json()
      seen = (stats as { routes: { n: { queue: QueueGlance } } }).routes.n.queue
      return seen.active === 2
    })
    expect(seen).toMatchObject({ queued: 1, delayed: 0, active: 2, dead: 0, workers: 1 })
    gate.resolve()
    await answers
  })

  it('that cannot be reached makes the service not ready, and does not keep it from starting', async () => {
    const { root, url } = await setUp({
      transport: unreachable(),
      settings: { options: { timeout: 20 } },
    })
    expect((await fetch(`${root}/healthz`)).status).toBe(200)
    const ready = await fetch(`${root}/readyz`)
    expect(ready.status).toBe(503)
    expect(await ready.json()).toMatchObject({ code: 'JITNEY_QUEUE_UNREACHABLE' })
    const stats = (await (await fetch(`${root}/stats`)).json()) as { routes: { n: object } }
    expect(stats.routes.n).toMatchObject({ queue: null })
    expect(await post(url, 1)).toMatchObject({ status: 504 })
  })

  it('tells Prometheus what waits in its queue, and who works', async () => {
    const { url, root, work, queued } = await setUp()
    const gate = deferred()
    const answer = post(url, 1)
    await until(async () => (await queued()) === 1)
    const samples = async (): Promise<readonly string[]> => {
      const text = await (await fetch(`${root}/metrics`)).text()
      return text.split('\n').filter((line) => /^jitney_remote_.*{route="n"}/.test(line))
    }
    const before = await samples()
    expect(before).toContain('jitney_remote_queue_reachable{route="n"} 1')
    expect(before).toContain('jitney_remote_queued_items{route="n"} 1')
    expect(before).toContain('jitney_remote_delayed_items{route="n"} 0')
    expect(before).toContain('jitney_remote_dead_letters{route="n"} 0')
    expect(before).toContain('jitney_remote_workers{route="n"} 0')
    const age = before.find((line) => line.startsWith('jitney_remote_oldest_item_age_seconds'))
    expect(Number(age!.split(' ')[1])).toBeGreaterThan(0)
    work(async (items) => {
      await gate.promise
      return items
    })
    await expect
      .poll(samples, { timeout: 10_000 })
      .toEqual(
        expect.arrayContaining([
          'jitney_remote_queued_items{route="n"} 0',
          'jitney_remote_active_items{route="n"} 1',
          'jitney_remote_workers{route="n"} 1',
        ]),
      )
    gate.resolve()
    expect((await answer).body).toBe(1)
  })

  it('tells Prometheus that its queue is not to be reached, and nothing that it does not know', async () => {
    const { root } = await setUp({ transport: unreachable() })
    const text = await (await fetch(`${root}/metrics`)).text()
    const samples = text.split('\n').filter((line) => /^jitney_remote_.*{/.test(line))
    expect(samples).toEqual(['jitney_remote_queue_reachable{route="n"} 0'])
  })

  it('is ready once it can be reached', async () => {
    const { root } = await setUp()
    expect((await fetch(`${root}/readyz`)).status).toBe(200)
  })

  it('is asked once for all who look at the same time, and by nobody else', async () => {
    let asked = 0
    const gate = deferred<never>()
    const watch = new QueueWatch({
      stats: () => {
        asked += 1
        return gate.promise
      },
      close: () => Promise.resolve(),
    } as never)
    expect(asked).toBe(0)
    const looks = [watch.look(), watch.look()]
    gate.reject(new Error('away'))
    expect(await Promise.all(looks)).toEqual([false, false])
    expect(asked).toBe(1)
    expect(watch.last).toBeNull()
  })
})

describe('The configuration of a route of kind remote', () => {
  it('names the queue as the route, unless it says otherwise', async () => {
    process.env['JITNEY_REDIS_URL'] = 'redis://127.0.0.1:1'
    onTestFinished(() => {
      delete process.env['JITNEY_REDIS_URL']
    })
    const { routes } = await routesOf({
      a: { kind: 'remote', timeout: 1000, maxQueueSize: 5 },
      b: { kind: 'remote', queue: 'c' },
    })
    expect(routes.map(({ name, options }) => [name, options])).toEqual([
      ['a', { maxQueueSize: 5, timeout: 1000 }],
      ['b', { maxQueueSize: 10_000 }],
    ])
    for (const { close } of routes) await close?.()
    await expect(routesOf({ a$: { kind: 'remote' } })).rejects.toThrow(
      'a queue cannot be called so',
    )
    await expect(routesOf({ a: { kind: 'remote', maxBatchSize: 5 } })).rejects.toThrow(
      'has no option maxBatchSize',
    )
  })

  it('wants to know where the queue is', async () => {
    await expect(routesOf({ a: { kind: 'remote' } })).rejects.toThrow(
      'expected a URL in the environment variable JITNEY_REDIS_URL',
    )
  })
})
