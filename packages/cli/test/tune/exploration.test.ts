import { settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { Exploration } from '../../src/tune/exploration.ts'
import { costOf } from '../../src/tune/fit-cost.ts'
import { measure } from '../../src/tune/measure.ts'
import { explore, onClock, VirtualProbe } from './virtual-model.ts'

const never = new AbortController().signal

describe('measure()', () => {
  it('keeps all slots taken, and counts only what ran meanwhile', async () => {
    const probe = new VirtualProbe({ duration: () => 10, servers: 2 })
    let [running, most, began] = [0, 0, 0]
    const counting = {
      close: () => {},
      run: async (size: number) => {
        most = Math.max(most, (running += 1))
        began += 1
        const reading = await probe.run(size)
        running -= 1
        return reading
      },
    }
    const options = { probe: counting, clock: probe.clock, signal: never, size: 1 }
    const { batches } = await onClock(
      probe.clock,
      measure({ ...options, concurrency: 4, perSlot: 5 }),
    )
    expect([most, began, batches.length]).toEqual([4, 4 * 7 - 1, 20])
    // With two servers each of the four waits for another one: what a full house is like.
    expect(batches.every(({ held }) => held === 20)).toBe(true)
  })

  it('begins nothing more once it is told to stop', async () => {
    const probe = new VirtualProbe({ duration: () => 10 })
    const stopping = new AbortController()
    const work = measure({
      probe,
      clock: probe.clock,
      signal: stopping.signal,
      size: 1,
      concurrency: 1,
      perSlot: 1000,
    })
    await probe.clock.advance(25)
    stopping.abort()
    const { batches } = await onClock(probe.clock, work)
    expect(batches).toHaveLength(2)
  })
})

describe('Exploration', () => {
  it.each([
    ['steady', {}],
    ['noisy', { noise: 0.1 }],
    ['noisy, with outliers of ten times', { noise: 0.1, outliers: 0.01 }],
  ])('finds a and b of a server within 5 percent: %s', async (_, noise) => {
    for (const [a, b] of [
      [5, 0.5],
      [11, 0.01],
      [1, 1],
      [30, 0.2],
    ] as const) {
      for (const seed of [1, 2, 3]) {
        const model = { duration: (size: number) => a + b * size, servers: 4, ...noise }
        const cost = costOf((await explore(model, {}, seed)).rows)!
        for (const ratio of [cost.a / a, cost.b / b]) {
          expect(ratio).toBeGreaterThan(0.95)
          expect(ratio).toBeLessThan(1.05)
        }
      }
    }
  })

  it('ends early when all is known', async () => {
    const { elapsed, rows } = await explore({ duration: () => 1, servers: 1 })
    expect(rows.map(([cell]) => cell!.concurrency)).toEqual([1, 2])
    expect(elapsed).toBeLessThan(10_000)
  })

  it('tries no larger batches once two sizes have gained nothing', async () => {
    const { rows, sizesEnd } = await explore({ duration: (size) => 1 + size ** 1.5 })
    expect(sizesEnd).toEqual({ kind: 'gain' })
    expect(rows[0]!.at(-1)!.size).toBeLessThan(64)
  })

  it('tries no larger batches once one takes too long', async () => {
    const { rows, sizesEnd } = await explore({ duration: (size) => 10 * size ** 0.93 })
    expect(sizesEnd).toMatchObject({ kind: 'duration' })
    const durations = rows[0]!.map(({ duration }) => duration.value)
    expect(durations.at(-1)).toBeGreaterThan(60_000 / 50)
    expect(durations.at(-2)).toBeLessThan(60_000 / 50)
  })

  it('tries no larger batches once they are of no use', async () => {
    const { rows, sizesEnd } = await explore(
      { duration: (size) => 20 + size },
      { longestBatch: 150, maxConcurrency: 1 },
    )
    expect(sizesEnd).toEqual({ kind: 'limit' })
    // The first of them is measured, so that what lies below it is known.
    expect(rows[0]!.slice(-2).map(({ duration }) => duration.value)).toEqual([148, 276])
  })

  it('tries no larger batches, and no more at once, when their part of the time is up', async () => {
    const many = await explore({ duration: (size) => 5 + 50 * Math.sqrt(size) })
    expect(many.sizesEnd).toEqual({ kind: 'time' })
    expect(many.concurrencyEnd).toEqual({ kind: 'time' })
    expect(many.elapsed).toBeLessThan(70_000)
  })

  it('keeps to its bounds, and measures them as well', async () => {
    const { rows, sizesEnd, concurrencyEnd } = await explore(
      { duration: (size) => 5 + 0.01 * size },
      { maxBatchSize: 100, maxConcurrency: 3 },
    )
    expect([sizesEnd, concurrencyEnd]).toEqual([{ kind: 'bound' }, { kind: 'bound' }])
    expect(rows[0]!.map(({ size }) => size)).toEqual([1, 2, 4, 8, 16, 32, 64, 100])
    expect(rows.map(([cell]) => cell!.concurrency)).toEqual([1, 2, 3])
  })

  it('ends the sizes where batches fail, and goes on with those that do not', async () => {
    const probe = new VirtualProbe({ duration: (size) => 5 + size })
    const run = async (size: number) => {
      if (size > 8) throw new Error('at most 8')
      return probe.run(size)
    }
    const exploration = exploreWith(probe, run)
    await onClock(probe.clock, exploration.run())
    expect(exploration.sizesEnd).toEqual({ kind: 'failure', at: 16, message: 'at most 8' })
    expect(exploration.rows.map((row) => row.map(({ size }) => size))).toEqual(
      exploration.rows.map(() => [1, 2, 4, 8]),
    )
    expect(exploration.rows.length).toBeGreaterThan(1)
  })

  it('ends the concurrencies where batches fail', async () => {
    const probe = new VirtualProbe({ duration: (size) => 5 + size })
    let running = 0
    const run = async (size: number) => {
      if (running >= 4) {
        await probe.clock.sleep(1)
        throw new Error('429')
      }
      running += 1
      return probe.run(size).finally(() => {
        running -= 1
      })
    }
    const exploration = exploreWith(probe, run)
    await onClock(probe.clock, exploration.run())
    expect(exploration.concurrencyEnd).toEqual({ kind: 'failure', at: 8, message: '429' })
    expect(exploration.rows.map(([cell]) => cell!.concurrency)).toEqual([1, 2, 4])
  })

  it('goes on when a batch fails once in a while', async () => {
    const probe = new VirtualProbe({ duration: () => 5, servers: 1 })
    let count = 0
    const exploration = exploreWith(probe, async (size) => {
      if ((count += 1) % 50 === 0) throw new Error('once')
      return probe.run(size)
    })
    await onClock(probe.clock, exploration.run())
    expect(exploration.sizesEnd).toEqual({ kind: 'bound' })
    const failed = exploration.cells.reduce((sum, { failedBatches }) => sum + failedBatches, 0)
    expect(failed).toBeGreaterThan(0)
  })

  it('cannot begin if a single item fails', async () => {
    const probe = new VirtualProbe({ duration: () => 5 })
    const exploration = exploreWith(probe, () => Promise.reject(new Error('no model')))
    await expect(onClock(probe.clock, exploration.run())).rejects.toThrow(
      'Cannot tune: a batch of one item fails: no model',
    )
  })

  it('keeps what it knows when it is stopped', async () => {
    const probe = new VirtualProbe({ duration: (size) => 5 + size })
    const stopping = new AbortController()
    const exploration = exploreWith(probe, (size) => probe.run(size), stopping.signal)
    const work = exploration.run()
    while (exploration.cells.length < 4) {
      await probe.clock.advance(1)
      await settle()
    }
    stopping.abort()
    await onClock(probe.clock, work)
    expect(exploration.rows.map((row) => row.map(({ size }) => size))).toEqual([[1, 2, 4]])
    expect(costOf(exploration.rows)).toMatchObject({ a: expect.closeTo(5) as number })
  })
})

function exploreWith(
  probe: VirtualProbe,
  run: (size: number) => ReturnType<VirtualProbe['run']>,
  signal = never,
): Exploration {
  return new Exploration({
    probe: { run, close: () => {} },
    clock: probe.clock,
    signal,
    maxBatchSize: 64,
    maxConcurrency: 16,
    time: 30_000,
    longestBatch: Infinity,
  })
}
