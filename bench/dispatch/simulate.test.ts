import { describe, expect, it } from 'vitest'

import { ListedArrivals, openArrivals } from './arrivals.ts'
import type { Backend } from './backend.ts'
import { optimalLatency } from './optimum.ts'
import { adaptive, atOnce, fixedWindow } from './policies.ts'
import { Random } from './random.ts'
import { type Outcome, type Policy, simulate } from './simulate.ts'

function run(backend: Backend, times: Float64Array, policy: Policy): Outcome {
  return simulate({
    backend,
    arrivals: new ListedArrivals(times),
    policy,
    random: new Random(7),
    warmUp: times.length / 10,
    count: times.length,
  })
}

/** A steady stream, so dense that it is a fluid. */
function fluid(rate: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => index / rate)
}

describe('simulate()', () => {
  it.each([0.2, 0.5, 0.8])('has the latency of an M/D/1 queue at load %d', (load) => {
    const backend = { slots: 1, a: 1, b: 0, maxBatchSize: 1 }
    const times = openArrivals({ kind: 'poisson' }, load, 400_000, new Random(3))
    const { meanLatency } = run(backend, times, atOnce())
    const formula = 1 + load / (2 * (1 - load))
    expect(meanLatency / formula).toBeGreaterThan(0.98)
    expect(meanLatency / formula).toBeLessThan(1.02)
  })

  it.each([10, 50])('has the fluid limit of one slot that leaves at once, %d items/ms', (rate) => {
    const backend = { slots: 1, a: 10, b: 0.01, maxBatchSize: 100_000 }
    const { meanLatency } = run(backend, fluid(rate, 200_000), atOnce())
    const duration = backend.a / (1 - rate * backend.b)
    expect(meanLatency / (1.5 * duration)).toBeCloseTo(1, 1.5)
  })

  it.each([2, 4, 8])('has the fluid limit of %d slots that keep the pace, never less', (slots) => {
    const backend = { slots, a: 10, b: 0, maxBatchSize: 100_000 }
    const times = fluid(50, 200_000)
    const evenly = backend.a * (1 + 1 / (2 * slots))
    expect(run(backend, times, adaptive(backend)).meanLatency / evenly).toBeCloseTo(1, 1.5)
    expect(run(backend, times, atOnce()).meanLatency / evenly).toBeGreaterThan(1.1)
  })

  it('answers all batches of a shared processor as late as it can serve them', () => {
    const backend = { slots: 2, a: 10, b: 0, maxBatchSize: 1, isShared: true }
    const { throughput } = run(backend, fluid(5, 1000), atOnce())
    expect(throughput).toBeCloseTo(1 / 10, 3)
  })

  it('gives the same figures for the same seed', () => {
    const backend = { slots: 4, a: 5, b: 0.5, maxBatchSize: 64, noise: 0.3, outliers: 0.01 }
    const once = (): Outcome =>
      run(backend, openArrivals({ kind: 'bursts', size: 5 }, 1, 5000, new Random(9)), adaptive())
    expect(once()).toEqual(once())
  })
})

describe('optimalLatency()', () => {
  it('is what trying every way to cut the queue finds', () => {
    const random = new Random(11)
    for (let round = 0; round < 200; round += 1) {
      const a = random.uniform() * 10
      const b = random.uniform() * 2
      const most = 1 + Math.floor(random.uniform() * 5)
      const count = 1 + Math.floor(random.uniform() * 9)
      const arrivals = Array.from({ length: count }, () => random.uniform() * 30).sort(
        (one, other) => one - other,
      )
      expect(optimalLatency(arrivals, a, b, most)).toBeCloseTo(bruteForce(arrivals, a, b, most), 9)
    }
  })

  it.each([0.1, 0.5, 0.9])('is never beaten at load %d', (load) => {
    const backend = { slots: 1, a: 2, b: 1, maxBatchSize: 8 }
    const rate = (load * 8) / 10
    const times = openArrivals({ kind: 'poisson' }, rate, 300, new Random(5))
    const optimum = optimalLatency([...times], backend.a, backend.b, backend.maxBatchSize)
    for (const policy of [atOnce(), fixedWindow(1), fixedWindow(5), adaptive()]) {
      const { meanLatency } = simulate({
        backend,
        arrivals: new ListedArrivals(times),
        policy,
        random: new Random(1),
        warmUp: 0,
        count: 300,
      })
      expect(meanLatency).toBeGreaterThanOrEqual(optimum - 1e-9)
    }
  })
})

function bruteForce(arrivals: readonly number[], a: number, b: number, most: number): number {
  let least = Infinity
  for (let cuts = 0; cuts < 2 ** (arrivals.length - 1); cuts += 1) {
    let free = 0
    let cost = 0
    let batch: number[] = []
    let isAllowed = true
    for (const [index, arrival] of arrivals.entries()) {
      batch.push(arrival)
      if (index < arrivals.length - 1 && (cuts & (2 ** index)) === 0) continue
      isAllowed &&= batch.length <= most
      free = Math.max(free, arrival) + a + b * batch.length
      for (const came of batch) cost += free - came
      batch = []
    }
    if (isAllowed) least = Math.min(least, cost / arrivals.length)
  }
  return least
}
