import fc from 'fast-check'
import { Histogram as PromHistogram, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'

interface Histogram {
  readonly sum: number
  readonly count: number
  readonly buckets: readonly (readonly [number | null, number])[]
}

interface Sample {
  readonly time: number
  readonly snapshot: object
}

interface Parts {
  readonly quantile: (histogram: Histogram, share: number) => number | null
  readonly since: (now: Histogram, before: Histogram) => Histogram
  readonly healthOf: (state: string, counts: object) => { level: string; word: string }
  readonly History: new () => {
    push(snapshot: object, time: number): void
    counted(route: string, duration?: number): Record<string, number>
    readonly samples: readonly Sample[]
  }
  readonly countsOf: (snapshot: object, route: string) => Record<string, number>
  readonly seriesOf: (
    samples: readonly Sample[],
    route: string,
  ) => Record<string, (number | null)[][]>
  readonly readEvents: (
    body: ReadableStream<Uint8Array>,
    onBytes: () => void,
  ) => AsyncIterable<string>
}

// Plain JavaScript, as browsers get it.
const files = ['quantile', 'health', 'history', 'series', 'events'].map(
  (name) => new URL(`../src/dashboard/${name}.js`, import.meta.url).href,
)
const parts = Object.assign(
  {},
  ...(await Promise.all(files.map((file) => import(file) as Promise<object>))),
) as Parts

const none: Histogram = { sum: 0, count: 0, buckets: [] }

function routeOf(counts: object = {}): object {
  return {
    requests: 0,
    batches: 0,
    items: 0,
    fulfilled: 0,
    rejected: 0,
    aborted: 0,
    refused: 0,
    queued: 0,
    waiting: 0,
    active: 0,
    slots: 1,
    maxQueueSize: 10,
    reasons: {},
    answers: {},
    batchSize: none,
    latency: none,
    queueTime: none,
    batchDuration: none,
    ...counts,
  }
}

const snapshotOf = (uptime: number, routes: Record<string, object>): object => ({
  state: 'open',
  uptime,
  instance: 'one',
  routes,
})

describe('A quantile of the dashboard', () => {
  it('lies in the bucket in which the value of that rank lies', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        async (values, share) => {
          const bounds = [1, 2, 5, 10]
          const registers = [new Registry()]
          const metric = new PromHistogram({ name: 'x', help: 'x', buckets: bounds, registers })
          for (const value of values) metric.observe(value)
          const samples = (await metric.get()).values.filter(
            ({ metricName }) => metricName === 'x_bucket',
          )
          const buckets = samples.map(
            ({ labels: { le }, value }) => [le === '+Inf' ? null : Number(le), value] as const,
          )
          const count = values.length
          const estimate = parts.quantile({ sum: 0, count, buckets }, share)!
          const exact = values.toSorted((one, other) => one - other)[Math.ceil(share * count) - 1]!
          const upper = bounds.find((bound) => exact <= bound) ?? 10
          const lower = exact > 10 ? 10 : (bounds[bounds.indexOf(upper) - 1] ?? 0)
          expect(estimate).toBeGreaterThanOrEqual(lower)
          expect(estimate).toBeLessThanOrEqual(upper)
        },
      ),
    )
  })

  it('is nothing where nothing was counted', () => {
    expect(parts.quantile(none, 0.5)).toBeNull()
  })
})

describe('The history of the dashboard', () => {
  it('adds the routes up, and tells what came lately', () => {
    const history = new parts.History()
    const routes = (requests: number): Record<string, object> => ({
      one: routeOf({ requests, answers: { 200: requests } }),
      other: routeOf({ requests: 2 * requests, queued: 3 }),
    })
    history.push(snapshotOf(0, routes(5)), 0)
    history.push(snapshotOf(1000, routes(7)), 1000)
    history.push(snapshotOf(2000, routes(10)), 2000)
    expect(history.counted('')).toMatchObject({ requests: 30, queued: 3, answers: { 200: 10 } })
    expect(history.counted('one')).toMatchObject({ requests: 10, queued: 0 })
    expect(history.counted('', 1000)).toMatchObject({ requests: 9, queued: 3, answers: { 200: 3 } })
    expect(history.counted('gone')).toMatchObject({ requests: 0 })
  })

  it('begins anew when the service does, and keeps five minutes', () => {
    const history = new parts.History()
    for (let second = 0; second <= 400; second += 1) {
      history.push(snapshotOf(second * 1000, {}), second * 1000)
    }
    expect(history.samples).toHaveLength(301)
    const again = { ...snapshotOf(401_000, { run: routeOf({ requests: 1 }) }), instance: 'another' }
    history.push(again, 401_000)
    expect(history.samples).toHaveLength(1)
    expect(history.counted('', 60_000)).toMatchObject({ requests: 0 })
  })

  it('tells of nothing less than nothing when a route goes', () => {
    const history = new parts.History()
    const counts = { requests: 5, answers: { 200: 5 }, batchSize: { ...none, sum: 5, count: 5 } }
    history.push(snapshotOf(0, { one: routeOf(counts), other: routeOf(counts) }), 0)
    history.push(snapshotOf(1000, { one: routeOf(counts) }), 1000)
    expect(history.counted('', 60_000)).toMatchObject({
      requests: 0,
      answers: { 200: 0 },
      batchSize: { sum: 0, count: 0 },
    })
  })

  it('knows routes of any name', () => {
    const name = '__proto__'
    const routes = JSON.parse(`{"${name}":${JSON.stringify(routeOf({ requests: 4 }))}}`) as object
    expect(parts.countsOf({ routes }, name)).toMatchObject({ requests: 4 })
  })
})

describe('The charts of the dashboard', () => {
  it('show what came from one moment to the next, a second', () => {
    const samples = [0, 1, 3].map((second) => ({
      time: second * 1000,
      snapshot: snapshotOf(second, {
        run: routeOf({ requests: second * 50, batches: second * 2, queued: second }),
      }),
    }))
    const { rates, queue } = parts.seriesOf(samples, '')
    expect(rates).toEqual([
      [-3, -2, 0],
      [null, 50, 50],
      [null, 2, 2],
    ])
    expect(queue).toEqual([
      [-3, -2, 0],
      [0, 1, 3],
      [0, 0, 0],
      [1, 1, 1],
    ])
  })
})

describe('The health of the dashboard', () => {
  it.each([
    ['starting', {}, 'Starting'],
    ['closing', {}, 'Stopping'],
    ['open', {}, 'Healthy'],
    ['open', { requests: 5, answers: { 200: 5, 404: 2 } }, 'Healthy'],
    ['open', { answers: { 200: 5, 500: 1 } }, 'Some fail'],
    ['open', { answers: { 200: 5, 502: 3, 504: 2 } }, 'Failing'],
    ['open', { answers: { 200: 5, 503: 1 } }, 'Overloaded'],
    ['open', { queued: 9 }, 'Crowded'],
  ])('of a service that is %s with %j is %s', (state, counts, word) => {
    expect(parts.healthOf(state, routeOf(counts)).word).toBe(word)
  })
})

describe('The events of the dashboard', () => {
  it('are read wherever the pieces end, without the comments between them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string()),
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 60 }),
        async (values, sizes) => {
          const text = values
            .map((value) => `: heartbeat\n\nevent: stats\ndata: ${JSON.stringify({ value })}\n\n`)
            .join('')
          const bytes = new TextEncoder().encode(`retry: 1000\n\n${text}event: stats\ndata: {`)
          let start = 0
          let heard = 0
          const body = new ReadableStream<Uint8Array>({
            start(controller) {
              for (const size of sizes) {
                controller.enqueue(bytes.slice(start, start + size))
                start += size
              }
              controller.enqueue(bytes.slice(start))
              controller.close()
            },
          })
          const read: unknown[] = []
          for await (const data of parts.readEvents(body, () => (heard += 1))) {
            read.push((JSON.parse(data) as { value: string }).value)
          }
          expect(read).toEqual(values)
          expect(heard).toBeGreaterThan(0)
        },
      ),
    )
  })
})
