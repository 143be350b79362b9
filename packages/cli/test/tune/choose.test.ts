import { describe, expect, it } from 'vitest'
import { choose, mostOf, mostRateInTime } from '../../src/tune/choose.ts'
import { Grid } from '../../src/tune/grid.ts'
import { type Settings, simulateLoad } from '../../src/tune/simulate-load.ts'
import { measuredLatency, measuredThroughput } from './measured.ts'
import { explore, type VirtualModel } from './virtual-model.ts'

const models: readonly (readonly [string, VirtualModel])[] = [
  ['four servers', { duration: (size) => 5 + 0.5 * size, servers: 4, noise: 0.1 }],
  ['one server', { duration: (size) => 11 + 0.01 * size, servers: 1, noise: 0.1 }],
  ['a shared processor', { duration: (size) => 10 + 0.2 * size, isShared: true, noise: 0.1 }],
  [
    'a time per item with a minimum, and pauses',
    {
      duration: (size) => 5 + 0.1 * size + 0.002 * size ** 2,
      servers: 2,
      noise: 0.1,
      outliers: 0.01,
    },
  ],
]

const sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
const concurrencies = [1, 2, 4, 8, 16]
const sweep: readonly Settings[] = sizes.flatMap((maxBatchSize) =>
  concurrencies.map((concurrency) => ({ maxBatchSize, concurrency, maxQueueTime: 'adaptive' })),
)

describe('choose()', () => {
  it.each(models)('does within 5 percent of the most that a sweep finds: %s', async (_, model) => {
    const { rows } = await explore(model)
    const chosen = choose(new Grid(rows), { kind: 'throughput' })!
    let best = 0
    for (const settings of sweep) {
      best = Math.max(best, await measuredThroughput(model, settings, 60))
    }
    const reached = await measuredThroughput(model, chosen, 600)
    report(chosen, `${(reached / best).toFixed(3)} of the most`)
    expect(reached / best).toBeGreaterThan(0.95)
  })

  it.each(models)(
    'answers within 5 percent of the soonest that a sweep finds: %s',
    async (_, model) => {
      const { rows } = await explore(model)
      const grid = new Grid(rows)
      const chosen = choose(grid, { kind: 'latency', rate: undefined })!
      const rate = mostOf(grid) / 2
      let best = Infinity
      for (const settings of sweep) {
        // What cannot keep up is not the best, and takes for ever.
        if ((await measuredThroughput(model, settings, 5)) < rate * 1.05) continue
        best = Math.min(best, (await measuredLatency(model, settings, rate, 2000)).mean)
      }
      const { mean } = await measuredLatency(model, chosen, rate, 2000)
      report(chosen, `${(mean / best).toFixed(3)} of the least latency`)
      expect(mean / best).toBeLessThan(1.05)
    },
  )
})

describe('choose(), for a goal', () => {
  it('keeps 95 of 100 answers within the limit, as a batcher on the server shows', async () => {
    const model = models[0]![1]
    const grid = new Grid((await explore(model)).rows)
    const limit = 60
    const chosen = choose(grid, { kind: 'p95', limit })!
    const capacity = grid.capacityOf(chosen.maxBatchSize, chosen.concurrency)
    const rate = mostRateInTime(grid, { settings: chosen, capacity }, limit)
    const { p95 } = await measuredLatency(model, chosen, rate, 4000)
    expect(p95).toBeLessThan(limit * 1.05)
    // As much as that: with a tenth more it would be too late, or more than can be done at all.
    const more = await measuredLatency(model, chosen, rate * 1.1, 4000)
    expect(more.p95).toBeGreaterThan(limit * 0.95)
    expect(rate).toBeGreaterThan(mostOf(grid) / 2)
  })

  it('finds nothing if even a lone item takes longer', async () => {
    const grid = new Grid((await explore(models[0]![1])).rows)
    expect(choose(grid, { kind: 'p95', limit: 5 })).toBeUndefined()
    expect(choose(grid, { kind: 'latency', rate: 1e6 })).toBeUndefined()
  })

  it('has a fixed window only for a load that was said, and only where that gains 5 percent', async () => {
    for (const [, model] of models) {
      const grid = new Grid((await explore(model)).rows)
      expect(choose(grid, { kind: 'latency', rate: undefined })!.maxQueueTime).toBe('adaptive')
      const rate = mostOf(grid) / 2
      const chosen = choose(grid, { kind: 'latency', rate })!
      const adaptive = simulateLoad(grid, { ...chosen, maxQueueTime: 'adaptive' }, rate).mean
      if (chosen.maxQueueTime === 'adaptive') continue
      expect(simulateLoad(grid, chosen, rate).mean).toBeLessThan(adaptive * 0.95)
    }
  })
})

function report(settings: Settings, text: string): void {
  if (process.env['JITNEY_REPORT']) console.log(JSON.stringify(settings), text)
}
