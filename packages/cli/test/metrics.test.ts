import { describe, expect, it } from 'vitest'
import { manualBatches } from 'jitney/testing'
import { defineBatch } from '../src/index.ts'
import type { Service } from '../src/server/service.ts'
import { createService } from './helpers/start-service.ts'

/** The samples that `/metrics` gives, by name and labels. */
async function samplesOf({ app }: Service): Promise<ReadonlyMap<string, number>> {
  const answer = await app.inject('/metrics')
  expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
  const lines = answer.body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ')
      return [line.slice(0, end), Number(line.slice(end + 1))]
    }),
  )
}

const ask = ({ app }: Service, payload: string) =>
  app.inject({ method: 'POST', url: '/run', payload })

describe('GET /metrics', () => {
  it('counts items, answers and batches, and measures sizes and times', async () => {
    const run = (items: unknown[]): unknown[] =>
      items.map((item) => (item === 0 ? new RangeError('no') : item))
    const { service } = createService({ run })
    await Promise.all(['0', '1', '2'].map((payload) => ask(service, payload)))
    await ask(service, 'not json')
    const samples = await samplesOf(service)
    expect(Object.fromEntries(samples)).toMatchObject({
      'jitney_requests_total{route="run"}': 3,
      'jitney_items_total{route="run",outcome="fulfilled"}': 2,
      'jitney_items_total{route="run",outcome="rejected"}': 1,
      'jitney_answers_total{route="run",status="200"}': 2,
      'jitney_answers_total{route="run",status="500"}': 1,
      'jitney_item_duration_seconds_count{route="run"}': 3,
      'jitney_batch_size_items_sum{route="run"}': 3,
      jitney_ready: 1,
      'jitney_slots{route="run"}': 1,
      'jitney_queued_items{route="run"}': 0,
    })
    const { batches } = service.stats()
    expect(samples.get('jitney_batch_size_items_count{route="run"}')).toBe(batches)
    expect(samples.get('jitney_batch_duration_seconds_count{route="run"}')).toBe(batches)
    const reasons = [...samples].filter(([name]) => name.startsWith('jitney_batches_total'))
    expect(reasons.reduce((sum, [, count]) => sum + count, 0)).toBe(batches)
  })

  it('tells what waits and what runs', async () => {
    const batches = manualBatches<number, number>()
    const { service } = createService({
      run: defineBatch(batches.batchFunction, { maxBatchSize: 1, concurrency: 1 }),
    })
    const answers = ['1', '2', '3'].map((payload) => ask(service, payload))
    await expect.poll(() => batches.calls.length).toBe(1)
    expect(Object.fromEntries(await samplesOf(service))).toMatchObject({
      'jitney_queued_items{route="run"}': 2,
      'jitney_active_batches{route="run"}': 1,
      jitney_held_bytes: 3,
    })
    for (let index = 0; index < 3; index += 1) {
      await expect.poll(() => batches.calls.length).toBe(index + 1)
      batches.calls[index]?.resolve([index])
    }
    await Promise.all(answers)
    expect((await samplesOf(service)).get('jitney_held_bytes')).toBe(0)
  })

  it('goes on counting when the routes are loaded again, and forgets those that are gone', async () => {
    const run = (items: unknown[]): unknown[] => items
    const { service } = createService({ run })
    await ask(service, '1')
    for (let round = 0; round < 3; round += 1) {
      await service.reload([{ name: 'run', batchFunction: run, options: {} }])
      await ask(service, '1')
    }
    expect((await samplesOf(service)).get('jitney_requests_total{route="run"}')).toBe(4)
    expect(service.stats()).toMatchObject({ requests: 4, batches: 4 })
    await service.reload([{ name: 'other', batchFunction: run, options: {} }])
    expect((await samplesOf(service)).has('jitney_requests_total{route="run"}')).toBe(false)
  })

  it('knows nothing of the batches of another service', async () => {
    const run = (items: unknown[]): unknown[] => items
    const { service } = createService({ run })
    const { service: other } = createService({ run })
    await ask(other, '1')
    expect(
      (await samplesOf(service)).get('jitney_batch_size_items_count{route="run"}'),
    ).toBeUndefined()
  })
})
