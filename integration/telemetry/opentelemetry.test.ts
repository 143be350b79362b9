import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

import { SpanStatusCode, trace } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { Batcher, type BatcherOptions, RateLimiter } from 'jitney'
import { httpBatcher } from 'jitney/http'
import { instrumentBatchers, tracedBatcher } from 'jitney/opentelemetry'
import { deferred, ManualClock, manualBatches, settle } from 'jitney/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { type Sdk, startSdk } from './sdk.ts'

let sdk: Sdk
let stop: () => void

beforeEach(() => {
  sdk = startSdk()
  const { tracerProvider, meterProvider } = sdk
  stop = instrumentBatchers({ tracerProvider, meterProvider })
})
afterEach(async () => {
  stop()
  await sdk[Symbol.asyncDispose]()
})

const square = (numbers: number[]): number[] => numbers.map((n) => n * n)
const batchSpans = (): ReadableSpan[] => sdk.spans().filter(({ name }) => name.startsWith('batch'))
const linksOf = (span: ReadableSpan | undefined): string[] | undefined =>
  span?.links.map(({ context }) => context.spanId)

describe('instrumentBatchers()', () => {
  it('makes a root span for each batch of any batcher', async () => {
    const clock = new ManualClock()
    const squares = new Batcher(square, { name: 'squares', clock, maxQueueTime: 250 })
    const { result } = sdk.within('caller', () => squares.processAll([1, 2, 3]))
    await clock.advance(250)
    expect(await result).toEqual([1, 4, 9])
    const [span, ...others] = batchSpans()
    expect(others).toEqual([])
    expect(span?.name).toBe('batch squares')
    expect(span?.parentSpanContext).toBe(undefined)
    expect(span?.attributes).toEqual({
      'jitney.batcher.name': 'squares',
      'jitney.batch.reason': 'time',
      'jitney.batch.size': 3,
      'jitney.batch.queue.duration': 0.25,
    })
    expect(span?.status.code).toBe(SpanStatusCode.UNSET)
  })

  it('says of a failed batch what it failed with', async () => {
    const failing = new Batcher(() => {
      throw Object.assign(new RangeError('no such table'), { code: 'NO_TABLE' })
    })
    await failing.process(1).catch(() => {})
    const [span] = batchSpans()
    expect(span?.name).toBe('batch')
    expect(span?.status).toEqual({
      code: SpanStatusCode.ERROR,
      message: 'RangeError: no such table',
    })
    expect(span?.attributes['error.type']).toBe('NO_TABLE')
    expect(span?.events.map(({ name }) => name)).toEqual(['exception'])
    const [point] = await sdk.points('jitney.batch.duration')
    expect(point?.attributes['error.type']).toBe('NO_TABLE')
  })

  it('ends the span when the batch function has ended, and not when its callers have left', async () => {
    const end = deferred<number[]>()
    const slow = new Batcher((_numbers: number[]) => end.promise)
    const leaving = slow.process(1)
    await settle()
    slow.abort()
    await leaving.catch(() => {})
    expect(batchSpans()).toEqual([])
    end.resolve([1])
    await slow.onIdle()
    await settle()
    expect(batchSpans()).toHaveLength(1)
    expect(await sdk.points('jitney.batch.abandonments')).toMatchObject([{ value: 1 }])
  })

  it('hears of batchers inside other integrations', async () => {
    const requests = httpBatcher<number, number>('http://127.0.0.1:1/', {
      name: 'requests',
      fetch: async (_url, request) => new Response(request?.body as string),
    })
    expect(await requests.processAll([1, 2])).toEqual([1, 2])
    expect(batchSpans().map(({ name }) => name)).toEqual(['batch requests'])
  })

  it('measures sizes, durations and queue times, in seconds', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const options: BatcherOptions = { name: 'squares', clock, maxBatchSize: 2, maxQueueTime: 100 }
    const squares = new Batcher(batches.batchFunction, options)
    const promises = [squares.process(1)]
    await clock.advance(100)
    await clock.advance(1500)
    batches.calls[0]?.resolve([1])
    await promises[0]
    await settle()
    const attributes = { 'jitney.batcher.name': 'squares', 'jitney.batch.reason': 'time' }
    expect(await sdk.points('jitney.batch.duration')).toMatchObject([
      { attributes, value: { count: 1, sum: 1.5 } },
    ])
    expect(await sdk.points('jitney.batch.queue.duration')).toMatchObject([
      { attributes, value: { count: 1, sum: 0.1 } },
    ])
    expect(await sdk.points('jitney.batch.size')).toMatchObject([
      { attributes, value: { count: 1, sum: 1 } },
    ])
    expect(sdk.unitOf('jitney.batch.duration')).toBe('s')
    expect(sdk.unitOf('jitney.batch.size')).toBe('{item}')
  })

  it('observes what is queued and active, summed up by name', async () => {
    const held = [1, 2].map(() => {
      const batches = manualBatches<number, number>()
      const options: BatcherOptions = { name: 'held', maxBatchSize: 1 }
      return { batches, batcher: new Batcher(batches.batchFunction, options) }
    })
    const promises = held.map(({ batcher }) => batcher.processAll([1, 2, 3]))
    await settle()
    const attributes = { 'jitney.batcher.name': 'held' }
    expect(await sdk.points('jitney.batcher.active')).toMatchObject([{ attributes, value: 2 }])
    expect(await sdk.points('jitney.batcher.queued')).toMatchObject([{ attributes, value: 4 }])
    for (const { batcher } of held) batcher.abort()
    await Promise.allSettled(promises)
  })

  it('is silent after its end, and ends the spans of batches that run', async () => {
    const end = deferred<number[]>()
    const slow = new Batcher((_numbers: number[]) => end.promise)
    const running = slow.process(1)
    await settle()
    stop()
    expect(batchSpans()).toHaveLength(1)
    end.resolve([1])
    await running
    await slow.process(2).catch(() => {})
    expect(batchSpans()).toHaveLength(1)
  })

  it('refuses wrong options, which it names', () => {
    expect(() => instrumentBatchers({ tracerProvider: {} as never })).toThrow(
      "Cannot instrument batchers: 'tracerProvider' must be a TracerProvider, received Object",
    )
    expect(() => instrumentBatchers({ tracer: 1 } as never)).toThrow(
      '\'option\' must be one of tracerProvider, meterProvider, received "tracer"',
    )
  })
})

describe('tracedBatcher()', () => {
  it("links the batch to its callers' spans, and to no other", async () => {
    const squares = tracedBatcher(square, { maxBatchSize: 2 })
    const callers = ['a', 'b', 'c'].map((name, n) => sdk.within(name, () => squares.process(n)))
    await squares.process(3)
    expect(await Promise.all(callers.map(({ result }) => result))).toEqual([0, 1, 4])
    const [a, b, c] = callers.map(({ spanId }) => spanId)
    expect(batchSpans().map(linksOf)).toEqual([[a, b], [c]])
  })

  it('is the active span in the batch function, across awaits', async () => {
    const squares = tracedBatcher(async (numbers: number[]) => {
      await settle()
      sdk.within('request', () => {})
      return square(numbers)
    })
    await squares.process(1)
    const [request, batch] = sdk.spans()
    expect(request?.parentSpanContext?.spanId).toBe(batch?.spanContext().spanId)
  })

  it('links another attempt again', async () => {
    const squares = tracedBatcher(
      (numbers: number[], { entries }) => {
        if (entries[0]?.attempt === 1) throw new Error('lost')
        return square(numbers)
      },
      { retry: { attempts: 2, minDelay: 0 } },
    )
    const { result, spanId } = sdk.within('caller', () => squares.process(3))
    expect(await result).toBe(9)
    expect(batchSpans().map(linksOf)).toEqual([[spanId], [spanId]])
  })

  it('links all callers of a shared item, those too who join while it runs', async () => {
    const begun = deferred()
    const end = deferred()
    const squares = tracedBatcher(
      async (numbers: number[]) => {
        begun.resolve()
        await end.promise
        return square(numbers)
      },
      { dedupeKey: (n) => n, batchKey: (n) => n % 2 },
    )
    const first = sdk.within('first', () => squares.process(3))
    const second = sdk.within('second', () => squares.process(3))
    await begun.promise
    const third = sdk.within('third', () => squares.process(3))
    end.resolve()
    expect(await Promise.all([first, second, third].map(({ result }) => result))).toEqual([9, 9, 9])
    expect(batchSpans().map(linksOf)).toEqual([[first.spanId, second.spanId, third.spanId]])
  })

  it('links no caller of a shared item who was done before', async () => {
    const squares = tracedBatcher(square, { dedupeKey: (n) => n })
    const first = sdk.within('first', () => squares.process(3))
    // In the very job in which the first caller hears.
    const again = first.result.then(() => sdk.within('again', () => squares.process(3)))
    const { result, spanId } = await again
    expect(await result).toBe(9)
    expect(batchSpans().map(linksOf)).toEqual([[first.spanId], [spanId]])
  })

  it('keeps the shared item for the others when one caller leaves', async () => {
    const squares = tracedBatcher(square, { dedupeKey: (n) => n, maxQueueTime: Infinity })
    const leaver = new AbortController()
    const left = sdk.within('left', () => squares.process(3, { signal: leaver.signal }))
    const stays = sdk.within('stays', () => squares.process(3))
    leaver.abort()
    await expect(left.result).rejects.toBe(leaver.signal.reason)
    const joins = sdk.within('joins', () => squares.process(3))
    await squares.flush()
    expect(await Promise.all([stays.result, joins.result])).toEqual([9, 9])
    expect(batchSpans()).toHaveLength(1)
    expect(linksOf(batchSpans()[0])).toContain(joins.spanId)
  })

  it('gives the functions of the options the item, and refuses what a Batcher refuses', async () => {
    const squares = tracedBatcher(square, {
      weight: { of: (n) => n, max: 5 },
      batchKey: (n) => n > 0,
      rateLimit: new RateLimiter({ limit: 1000, interval: 1 }),
    })
    expect(await squares.processAll([2, 3, 4])).toEqual([4, 9, 16])
    expect(batchSpans()).toHaveLength(2)
    await expect(squares.process(6)).rejects.toThrow(RangeError)
    expect(() => tracedBatcher(square, { weight: { of: 3 as never, max: 5 } })).toThrow(
      "'weight.of' must be a function, received 3",
    )
    expect(() => tracedBatcher(3 as never)).toThrow("'batchFunction' must be a function")
  })

  it('works without callers that have a span, and without anybody who listens', async () => {
    stop()
    const squares = tracedBatcher(square)
    expect(await squares.processAll([1, 2])).toEqual([1, 4])
    const streamed: number[] = []
    for await (const result of squares.processIterable([3, 4])) streamed.push(result)
    expect(streamed).toEqual([9, 16])
    expect(sdk.spans()).toEqual([])
    expect(trace.getActiveSpan()).toBe(undefined)
  })
})

it('takes the providers of the SDK as they are', () => {
  const folder = import.meta.dirname
  const compiler = join(folder, '../../node_modules/.bin/tsc')
  const { stdout } = spawnSync(compiler, ['--project', folder], { encoding: 'utf8' })
  expect(stdout).toBe('')
})
