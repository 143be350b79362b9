import { describe, expect, it } from 'vitest'
import { Grid } from '../../src/tune/grid.ts'
import { simulateLoad } from '../../src/tune/simulate-load.ts'
import { measuredLatency } from './measured.ts'
import { explore } from './virtual-model.ts'

const alone = { maxBatchSize: 1, concurrency: 1, maxQueueTime: 'adaptive' } as const

describe('simulateLoad()', () => {
  it.each([0.1, 0.5, 0.8])('waits as the M/D/1 queue does, loaded to %f', (load) => {
    const { mean } = simulateLoad({ timeOf: () => 10 }, alone, load * 100)
    const expected = 10 + (load * 10) / (2 * (1 - load))
    expect(mean / expected).toBeGreaterThan(0.9)
    expect(mean / expected).toBeLessThan(1.1)
  })

  it('lets the oldest wait for a fixed window, and no longer', () => {
    const settings = { maxBatchSize: 1000, concurrency: 100, maxQueueTime: 20 }
    const { mean, p95 } = simulateLoad({ timeOf: () => 1 }, settings, 1000)
    // Twenty ride with the one that opened the window, half of it each on average.
    expect(mean).toBeGreaterThan(11)
    expect(mean).toBeLessThan(12)
    expect(p95).toBeLessThanOrEqual(21)
  })

  it('never runs more batches than there are slots, nor larger ones', () => {
    let [most, largest] = [0, 0]
    const timeOf = (size: number, active: number): number => {
      most = Math.max(most, active)
      largest = Math.max(largest, size)
      return 10
    }
    simulateLoad({ timeOf }, { maxBatchSize: 8, concurrency: 3, maxQueueTime: 'adaptive' }, 2000)
    expect([most, largest]).toEqual([3, 8])
  })

  it.each([
    { maxBatchSize: 64, concurrency: 4, maxQueueTime: 'adaptive' },
    { maxBatchSize: 16, concurrency: 2, maxQueueTime: 'adaptive' },
    { maxBatchSize: 64, concurrency: 4, maxQueueTime: 10 },
  ] as const)(
    'says what a batcher before the server shows, within 10 percent: %j',
    async (settings) => {
      const model = { duration: (size: number) => 5 + 0.5 * size, servers: 4, noise: 0.1 }
      const grid = new Grid((await explore(model)).rows)
      const rate = grid.capacityOf(settings.maxBatchSize, settings.concurrency) / 2
      const simulated = simulateLoad(grid, settings, rate)
      const measured = await measuredLatency(model, settings, rate, 4000)
      for (const ratio of [simulated.mean / measured.mean, simulated.p95 / measured.p95]) {
        expect(ratio).toBeGreaterThan(0.9)
        expect(ratio).toBeLessThan(1.1)
      }
    },
  )
})

describe('Grid', () => {
  it('knows what lies between the cells in a straight line', async () => {
    const { rows } = await explore(
      { duration: (size) => 5 + size, servers: 4 },
      { maxBatchSize: 100 },
    )
    const grid = new Grid(rows)
    for (const size of [1, 3, 50, 100]) {
      expect(grid.capacityOf(size, 1)).toBeCloseTo((1000 * size) / (5 + size), 6)
      expect(grid.timeOf(size, 3, Math.random)).toBeCloseTo(5 + size, 6)
    }
    expect([grid.largestSize, grid.mostConcurrency]).toEqual([100, 8])
  })
})
