import type { Grid } from './grid.ts'
import { type Settings, simulateLoad } from './simulate-load.ts'

/** What the settings are to be good for. */
export type Goal =
  /** The most items per second. */
  | { readonly kind: 'throughput' }
  /** The most items per second of which 95 % are answered within so many milliseconds. */
  | { readonly kind: 'p95'; readonly limit: number }
  /** The least mean latency when so many items come per second; half of the most, if it is not said. */
  | { readonly kind: 'latency'; readonly rate: number | undefined }

/** What is as good as the best. */
const nearly = 0.98
/** The part of its capacity that a batcher can be given: at all of it, its queue grows and grows. */
const sustainable = 0.95
/** What a fixed window has to make of the latency, as it fits one load only; and those that are tried. */
const windowGain = 0.95
const windows = [1, 2, 5, 10, 20, 50]
/** A rate is searched as precisely as this part of it. */
const rateStep = 0.02

interface Candidate {
  readonly settings: Settings
  readonly capacity: number
}

/** The settings among those measured that suit the goal best; `undefined` if none does. */
export function choose(grid: Grid, goal: Goal): Settings | undefined {
  const candidates = grid.cells.map(({ size, concurrency }) => ({
    settings: { maxBatchSize: size, concurrency, maxQueueTime: 'adaptive' as const },
    capacity: grid.capacityOf(size, concurrency),
  }))
  if (goal.kind === 'throughput') return mostItems(candidates)
  if (goal.kind === 'p95') return mostInTime(grid, candidates, goal.limit)
  return soonest(grid, candidates, goal.rate)
}

/** The most items per second that any of the settings can do. */
export function mostOf(grid: Grid): number {
  return Math.max(...grid.cells.map(({ size, concurrency }) => grid.capacityOf(size, concurrency)))
}

/** The highest rate, of `least` or more, at which 95 % are answered in time; 0 if there is none. */
export function mostRateInTime(
  grid: Grid,
  { settings, capacity }: Candidate,
  limit: number,
  least = 0,
): number {
  const holds = (rate: number): boolean => simulateLoad(grid, settings, rate).p95 <= limit
  let low = Math.max(least, capacity / 1000)
  let high = capacity * sustainable
  if (low > high || !holds(low)) return 0
  if (holds(high)) return high
  while (high - low > high * rateStep) {
    const middle = (low + high) / 2
    if (holds(middle)) low = middle
    else high = middle
  }
  return low
}

/** Of those that can do nearly the most: batches that are soon done, few of them at once. */
function mostItems(candidates: readonly Candidate[]): Settings | undefined {
  const most = Math.max(...candidates.map(({ capacity }) => capacity))
  const costOf = ({ settings, capacity }: Candidate): number =>
    (settings.maxBatchSize * settings.concurrency) / capacity
  return candidates
    .filter(({ capacity }) => capacity >= most * nearly)
    .toSorted((left, right) => costOf(left) - costOf(right))[0]?.settings
}

function mostInTime(
  grid: Grid,
  candidates: readonly Candidate[],
  limit: number,
): Settings | undefined {
  let best = 0
  let chosen: Settings | undefined
  // Those that can do most come first, so that few of the others have to be looked at.
  for (const candidate of candidates.toSorted((left, right) => right.capacity - left.capacity)) {
    const rate = mostRateInTime(grid, candidate, limit, best / nearly)
    if (rate <= best) continue
    best = rate
    chosen = candidate.settings
  }
  return chosen
}

function soonest(
  grid: Grid,
  candidates: readonly Candidate[],
  given: number | undefined,
): Settings | undefined {
  const rate = given ?? mostOf(grid) / 2
  const latencyOf = (settings: Settings): number => simulateLoad(grid, settings, rate).mean
  const best = leastBy(
    candidates
      .filter(({ capacity }) => capacity * sustainable >= rate)
      .map(({ settings }) => settings)
      // Of those that are equally good: the fewest at once, then the largest batches.
      .toSorted(
        (left, right) =>
          left.concurrency - right.concurrency || right.maxBatchSize - left.maxBatchSize,
      ),
    latencyOf,
  )
  if (best === undefined || given === undefined) return best
  const windowed = leastBy(
    windows.map((maxQueueTime) => ({ ...best, maxQueueTime })),
    latencyOf,
  )!
  return latencyOf(windowed) < latencyOf(best) * windowGain ? windowed : best
}

/** The first of those that are nearly the least. */
function leastBy(
  all: readonly Settings[],
  valueOf: (settings: Settings) => number,
): Settings | undefined {
  const values = all.map(valueOf)
  const least = Math.min(...values)
  return all.find((_, index) => values[index]! * nearly <= least)
}
