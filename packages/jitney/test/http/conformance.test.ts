/** Against local servers that answer as the APIs document. */
import type { ServerResponse } from 'node:http'
import { type Outcome, outcome } from 'jitney'
import { httpBatcher } from 'jitney/http'
import {
  type Embedding,
  embeddingsBatcher,
  type Moderation,
  moderationsBatcher,
} from 'jitney/openai'
import { conformance, type ConformanceRun, type ConformanceSubject } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { type Received, sendJson, startServer, type TestServer } from '../support/http-server.ts'
import { type ApiRequest, type ApiServer, startApi } from '../support/openai-server.ts'

const none = 'not applicable'
const retry = { attempts: 2, minDelay: 0 }
const batching = { maxBatchSize: 40, concurrency: 2, retry }

/** A run over a server that goes, and comes back on its port. */
function runOver<Item, Result>(
  first: TestServer,
  again: (port: number) => Promise<TestServer>,
  processor: ConformanceRun<Item, Result>['processor'] & { abort(): void },
): ConformanceRun<Item, Result> {
  let server = first
  return {
    processor,
    stopServer: () => server.stop(),
    startServer: async () => {
      server = await again(first.port)
    },
    end: async () => {
      processor.abort()
      await server.stop()
    },
  }
}

type Numeral = number | string
const shared = {
  item: (n: number): Numeral => n,
  result: (n: number): number => n * n,
  failingItem: -1,
  unprocessed: { item: 'later', result: 7 },
  // The servers always answer so, where there is more than the place to know by.
  shuffled: none,
  outage: 'fails',
  slowItem: 'slow',
} as const

type Square = readonly [item: Numeral, square: number]

const squareOf = (item: Numeral): number => (item === 'later' ? 7 : Number(item) ** 2)

/** What is with the item 'later', or that alone, is left undone once. */
function oncePerServer(): (items: readonly Numeral[]) => boolean {
  let asked = false
  return (items) => {
    const isFirst = items.includes('later') && !asked
    asked ||= isFirst
    return isFirst
  }
}

/** Answers with pairs, in another order than asked, and without those it does not know. */
function startPairs(port: number): Promise<TestServer> {
  const isUndone = oncePerServer()
  return startServer((received, response) => {
    answerPairs(received, response, isUndone)
  }, port)
}

function answerPairs(
  { body }: Received,
  response: ServerResponse,
  isUndone: ReturnType<typeof oncePerServer>,
): void {
  const items = JSON.parse(body) as Numeral[]
  if (items.includes('slow')) return
  if (isUndone(items)) return sendJson(response, { error: 'busy' }, 503)
  if (items.includes(-1)) return sendJson(response, { error: 'negative' }, 422)
  const known = items.filter((item) => item !== 'unknown')
  sendJson(response, known.map((item): Square => [item, squareOf(item)]).toReversed())
}

const pairs: ConformanceSubject<Numeral, number | undefined> = {
  ...shared,
  start: async () => {
    const server = await startPairs(0)
    const squares = httpBatcher<Numeral, number | undefined>(server.url, {
      ...batching,
      idempotent: true,
      maxBodySize: 300,
      results: (found: Square[], items) => {
        const known = new Map<Numeral, number>(found)
        return items.map((item) => known.get(item))
      },
    })
    return runOver(server, startPairs, squares)
  },
  oversizeItem: 'x'.repeat(300),
  missing: { item: 'unknown', result: undefined },
}

type Told = number | { readonly error: string }

/** Answers by position. */
function startPositions(port: number): Promise<TestServer> {
  const isUndone = oncePerServer()
  return startServer(({ body }, response) => {
    const items = JSON.parse(body) as Numeral[]
    if (items.includes('slow')) return
    if (body.length > 2000) return sendJson(response, { error: 'too large' }, 413)
    const told = items.map((item): Told => {
      if (isUndone([item])) return { error: 'throttled' }
      return item === -1 ? { error: 'negative' } : squareOf(item)
    })
    sendJson(response, told)
  }, port)
}

const outcomeOf = (told: Told): number | Error | Outcome => {
  if (typeof told === 'number') return told
  return told.error === 'throttled' ? outcome.retry() : new Error(told.error)
}

/** As it comes: requests are not declared idempotent, and the server tells of single items. */
const positions: ConformanceSubject<Numeral, number> = {
  ...shared,
  start: async () => {
    const server = await startPositions(0)
    const squares = httpBatcher<Numeral, number>(server.url, {
      ...batching,
      results: (answer: Told[]) => answer.map(outcomeOf),
    })
    return runOver(server, startPositions, squares)
  },
  // The server refuses it, and what is with it is sent again.
  oversizeItem: 'x'.repeat(3000),
  missing: none,
}

const apiKey = 'secret'

/** Answers no request with the input 'slow', leaves out 'unknown', and has no room for 'later' at first. */
function hearOf(
  { input }: ApiRequest,
  response: ServerResponse,
  isUndone: ReturnType<typeof oncePerServer>,
): boolean {
  if (input.includes('slow')) return true
  if (isUndone(input as string[])) {
    sendJson(response, { error: { code: 'rate_limit_exceeded' } }, 429, { 'retry-after-ms': '1' })
    return true
  }
  if (!input.includes('unknown')) return false
  const data = input.map((text, index) => ({ index, embedding: [text.length, 0.5] }))
  sendJson(response, { data: data.filter(({ index }) => input[index] !== 'unknown') })
  return true
}

function beginApi(port: number): Promise<ApiServer> {
  const isUndone = oncePerServer()
  const before = (request: ApiRequest, response: ServerResponse): boolean =>
    hearOf(request, response, isUndone)
  return startApi(before, undefined, port)
}

const textOf = (n: number): string => 'x'.repeat(n + 1)

const texts = { failingItem: 'poison', shuffled: none, outage: 'fails', slowItem: 'slow' } as const

const embeddings: ConformanceSubject<string, Embedding, readonly number[]> = {
  ...texts,
  start: async () => {
    const api = await beginApi(0)
    const { baseUrl } = api
    const countTokens = ({ length }: string): number => length
    const options = { model: 'small', apiKey, baseUrl, countTokens, ...batching }
    return runOver(api, beginApi, embeddingsBatcher(options))
  },
  item: textOf,
  result: (n) => [n + 1, 0.5],
  // What the request cost depends on who was with it.
  view: ({ embedding }) => embedding,
  oversizeItem: 'x'.repeat(8193),
  missing: { item: 'unknown', result: 'error' },
  unprocessed: { item: 'later', result: [5, 0.5] },
}

const moderations: ConformanceSubject<string, Moderation, boolean> = {
  ...texts,
  start: async () => {
    const api = await beginApi(0)
    const countTokens = ({ length }: string): number => length
    const options = { model: 'omni', apiKey, baseUrl: api.baseUrl, countTokens, ...batching }
    return runOver(api, beginApi, moderationsBatcher(options))
  },
  item: (n) => textOf(n) + (n % 2 === 0 ? '!' : ''),
  result: (n) => n % 2 === 0,
  view: ({ flagged }) => flagged,
  oversizeItem: 'x'.repeat(32_769),
  unprocessed: { item: 'later', result: false },
  missing: none,
}

// What does not conform rejects.
describe.each([
  ['httpBatcher(), results by id', conformance(pairs)],
  ['httpBatcher(), results by position', conformance(positions)],
  ['embeddingsBatcher()', conformance(embeddings)],
  ['moderationsBatcher()', conformance(moderations)],
])('%s', (_name, cases) => {
  it.each(cases)('$name', async ({ run }) => {
    await expect(run()).resolves.toBe(undefined)
  })
})
