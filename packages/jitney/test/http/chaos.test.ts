import { BatchError } from 'jitney'
import type { HttpError } from 'jitney/http'
import { embeddingsBatcher } from 'jitney/openai'
import { deferred } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { sendJson } from '../support/http-server.ts'
import { startApi } from '../support/openai-server.ts'

/** The same numbers from 0 to 1 in each run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

describe('embeddingsBatcher() of a server that fails half of the time', () => {
  it.each([1, 2, 3])('gives each caller its own result or error, seed %i', async (seed) => {
    const random = randomFrom(seed)
    const second = deferred()
    const api = await startApi((_request, response) => {
      if (api.received.length === 2) second.resolve()
      const chance = random()
      if (chance < 0.1) response.destroy()
      else if (chance < 0.15) response.writeHead(200).write('{"data"', () => response.destroy())
      else if (chance < 0.3) sendJson(response, {}, 429, { 'retry-after-ms': '1' })
      else if (chance < 0.5) sendJson(response, { error: { message: 'down' } }, 503)
      return chance < 0.5
    })
    const embeddings = embeddingsBatcher({
      model: 'small',
      apiKey: 'secret',
      baseUrl: api.baseUrl,
      maxBatchSize: 32,
      concurrency: 4,
      // One in a million requests fails so often.
      retry: { attempts: 20, minDelay: 0 },
    })
    const inputs = Array.from({ length: 600 }, (_, index) =>
      index % 97 === 5 ? 'poison' : 'x'.repeat(index + 1),
    )
    const leavers = new Set([7, 130, 131, 599])
    const settled = await Promise.allSettled(
      inputs.map((input, index) => {
        const controller = new AbortController()
        if (leavers.has(index)) void second.promise.then(() => controller.abort(index))
        return embeddings.process(input, { signal: controller.signal })
      }),
    )
    const endings = settled.map((each, index) => {
      if (each.status === 'fulfilled') return each.value.embedding[0]
      if (leavers.has(index)) return each.reason === index ? 'left' : each.reason
      return each.reason instanceof BatchError ? (each.reason.cause as HttpError).status : undefined
    })
    const expected = inputs.map((input, index) => {
      if (input === 'poison') return 400
      // Who left may have had the result before.
      return endings[index] === 'left' ? 'left' : input.length
    })
    expect(endings).toEqual(expected)
    expect(endings).toContain('left')
    await embeddings.close()
    await embeddings.onIdle()
    expect([embeddings.queuedCount, embeddings.activeCount]).toEqual([0, 0])
    for (const { input } of api.requests()) expect(input.length).toBeLessThanOrEqual(32)
  })
})
