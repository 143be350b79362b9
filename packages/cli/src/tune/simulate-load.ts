import { nextDeparture, Pacer } from 'jitney/policy'
import { quantileOf, sum } from './estimate.ts'
import type { Grid } from './grid.ts'
import { seeded } from './random.ts'

/** The options of a batcher that are chosen here. */
export interface Settings {
  readonly maxBatchSize: number
  readonly concurrency: number
  readonly maxQueueTime: number | 'adaptive'
}

/** From a call to its result, in milliseconds. */
export interface Latency {
  readonly mean: number
  readonly p95: number
}

interface Run {
  readonly begin: number
  readonly end: number
  readonly arrivals: readonly number[]
}

/** Calls that count, and those before them. */
const counted = 4000
const warmUp = 500
const seed = 1

/**
 * The latency of calls that come at random, so many per second on average, when the library's own
 * decision says when batches leave. Runs on a virtual clock; the same calls come every time.
 */
export function simulateLoad(
  grid: Pick<Grid, 'timeOf'>,
  settings: Settings,
  rate: number,
): Latency {
  const { maxBatchSize, concurrency, maxQueueTime } = settings
  const chance = seeded(seed)
  const scatter = seeded(seed + 1)
  const arrivals: number[] = []
  for (let time = 0; arrivals.length < warmUp + counted;) {
    time -= (Math.log(1 - chance()) * 1000) / rate
    arrivals.push(time)
  }
  const latencies: number[] = []
  let runs: Run[] = []
  let came = 0
  let left = 0
  let now = 0
  let alarm = Infinity
  const pacer = new Pacer()
  let last = -Infinity
  while (left < arrivals.length || runs.length > 0) {
    now = Math.min(alarm, arrivals[came] ?? Infinity, ...runs.map(({ end }) => end))
    for (const run of runs) {
      if (run.end > now) continue
      pacer.ended(run.arrivals.length, run.end - run.begin)
      latencies.push(...run.arrivals.map((arrival) => run.end - arrival))
    }
    runs = runs.filter(({ end }) => end > now)
    while (arrivals[came] !== undefined && arrivals[came]! <= now) came += 1
    alarm = Infinity
    while (came > left && runs.length < concurrency) {
      const queued = came - left
      const departure = nextDeparture({
        full: queued >= maxBatchSize,
        oldestArrival: arrivals[left]!,
        active: runs.length,
        maxQueueTime,
        paced: last + pacer.next(queued, runs.length, concurrency),
      })
      if (departure.at > now) {
        alarm = departure.at
        break
      }
      const size = Math.min(queued, maxBatchSize)
      const duration = grid.timeOf(size, runs.length + 1, scatter)
      runs.push({ begin: now, end: now + duration, arrivals: arrivals.slice(left, left + size) })
      left += size
      last = now
    }
  }
  const settled = latencies.slice(warmUp)
  return { mean: sum(settled) / settled.length, p95: quantileOf(settled, 0.95) }
}
