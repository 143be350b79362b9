import { type Goal, choose, mostOf, mostRateInTime } from './choose.ts'
import type { Estimate } from './estimate.ts'
import type { End, Exploration } from './exploration.ts'
import { type Cost, costOf } from './fit-cost.ts'
import { Grid } from './grid.ts'
import { noticesOf } from './notices.ts'
import { type Latency, type Settings, simulateLoad } from './simulate-load.ts'
import { nameOf } from './words.ts'

/** One batch size with one concurrency, as measured. */
export interface CellReport {
  readonly size: number
  readonly concurrency: number
  readonly batches: number
  /** Milliseconds: the median, and what 95 % do not pass. */
  readonly duration: Estimate
  readonly p95: number
  readonly itemsPerSecond: Estimate
  readonly failedBatches: number
  readonly failedItems: number
}

/** Settings, and what comes of them. */
export interface Verdict {
  readonly name: 'recommended' | 'module' | 'defaults'
  readonly settings: Settings
  /** With all slots taken. */
  readonly itemsPerSecond: number
  /** At the rate of the report; `undefined` if the batcher cannot keep up. */
  readonly latency: Latency | undefined
  /** The most items per second of which 95 % are answered within the limit, if there is one. */
  readonly itemsPerSecondInTime?: number
}

/** The latency that each of the settings has at some load, in their order. */
interface LoadReport {
  readonly rate: number
  readonly latencies: readonly (Latency | undefined)[]
}

/** All that the reports tell. */
export interface Report {
  /** The module or the URL. */
  readonly subject: string
  readonly version: string
  readonly runtime: string
  /** When it ended, in ISO 8601. */
  readonly date: string
  /** Whether it was not stopped. */
  readonly isComplete: boolean
  readonly goal: Goal
  /** Milliseconds that measuring took. */
  readonly elapsed: number
  readonly batches: number
  readonly cost: Cost | undefined
  readonly cells: readonly CellReport[]
  readonly sizesEnd: End | undefined
  readonly concurrencyEnd: End | undefined
  readonly notices: readonly string[]
  /** Items per second at which the settings are compared. */
  readonly rate: number | undefined
  readonly verdicts: readonly Verdict[]
  readonly loads: readonly LoadReport[]
}

export interface Told {
  readonly subject: string
  readonly version: string
  readonly isComplete: boolean
  readonly goal: Goal
  readonly time: number
  /** What the module asks for; `undefined` if it asks for nothing. */
  readonly own: Partial<Settings> | undefined
  readonly notices: readonly string[]
}

/** Those of `Batcher`. */
const defaults: Settings = { maxBatchSize: 100, concurrency: 1, maxQueueTime: 'adaptive' }
/** The part of its capacity at which a queue grows and grows. */
const overload = 0.95
const loadSteps = 14

/** What is known by now, and what to make of it. */
export function reportOf(exploration: Exploration, told: Told): Report {
  const { rows, sizesEnd, concurrencyEnd, elapsed } = exploration
  const { subject, version, isComplete, goal, time, own } = told
  const cells = rows.flat()
  const cost = costOf(rows)
  const findings = { rows, cost, sizesEnd, concurrencyEnd, time }
  const grid = cells.length > 0 ? new Grid(rows) : undefined
  const judged = judge(grid, goal, own)
  return {
    subject,
    version,
    runtime: `Node.js ${process.version}`,
    date: new Date().toISOString(),
    isComplete,
    goal,
    elapsed,
    batches: exploration.cells.reduce((total, { durations }) => total + durations.length, 0),
    cost,
    cells: cells.map((cell) => ({
      size: cell.size,
      concurrency: cell.concurrency,
      batches: cell.durations.length,
      duration: cell.duration,
      p95: cell.p95,
      itemsPerSecond: cell.throughput,
      failedBatches: cell.failedBatches,
      failedItems: cell.failedItems,
    })),
    sizesEnd,
    concurrencyEnd,
    notices: [
      ...(grid === undefined ? [] : noticesOf(findings)),
      ...(grid === undefined ? [] : judged.verdicts.flatMap((verdict) => cutOf(grid, verdict))),
      ...told.notices,
    ],
    ...judged,
  }
}

function judge(
  grid: Grid | undefined,
  goal: Goal,
  own: Partial<Settings> | undefined,
): Pick<Report, 'rate' | 'verdicts' | 'loads'> {
  if (grid === undefined) return { rate: undefined, verdicts: [], loads: [] }
  const chosen = choose(grid, goal)
  const named = [
    { name: 'recommended' as const, settings: chosen },
    { name: 'module' as const, settings: own === undefined ? undefined : { ...defaults, ...own } },
    { name: 'defaults' as const, settings: defaults },
  ].filter((each): each is Pick<Verdict, 'name' | 'settings'> => each.settings !== undefined)
  const asked = goal.kind === 'latency' ? goal.rate : undefined
  const rate = asked ?? (chosen === undefined ? mostOf(grid) : capacityOf(grid, chosen)) / 2
  const most = Math.max(...named.map(({ settings }) => capacityOf(grid, settings)))
  const steps = Array.from({ length: loadSteps }, (_, index) => (index + 1) / (loadSteps + 1))
  return {
    rate,
    verdicts: named.map(({ name, settings }) => ({
      name,
      settings,
      itemsPerSecond: capacityOf(grid, settings),
      latency: latencyOf(grid, settings, rate),
      ...(goal.kind === 'p95' && {
        itemsPerSecondInTime: mostRateInTime(
          grid,
          { settings: known(grid, settings), capacity: capacityOf(grid, settings) },
          goal.limit,
        ),
      }),
    })),
    loads: steps.map((step) => ({
      rate: most * step,
      latencies: named.map(({ settings }) => latencyOf(grid, settings, most * step)),
    })),
  }
}

function capacityOf(grid: Grid, settings: Settings): number {
  const { maxBatchSize, concurrency } = known(grid, settings)
  return grid.capacityOf(maxBatchSize, concurrency)
}

function latencyOf(grid: Grid, settings: Settings, rate: number): Latency | undefined {
  if (rate > capacityOf(grid, settings) * overload) return undefined
  return simulateLoad(grid, known(grid, settings), rate)
}

/** Says so where settings are judged by smaller ones. */
function cutOf(grid: Grid, { name, settings }: Verdict): readonly string[] {
  const { maxBatchSize, concurrency } = known(grid, settings)
  const cuts = [
    ...(maxBatchSize < settings.maxBatchSize ? [`batches of ${maxBatchSize}`] : []),
    ...(concurrency < settings.concurrency ? [`${concurrency} at once`] : []),
  ]
  if (cuts.length === 0) return []
  return [
    `No more was measured, so the settings of ${nameOf(name)} are judged by ${cuts.join(' and ')}.`,
  ]
}

/** The settings as far as something is known of them: no larger than what was measured. */
function known(grid: Grid, settings: Settings): Settings {
  return {
    ...settings,
    maxBatchSize: Math.min(settings.maxBatchSize, grid.largestSize),
    concurrency: Math.min(settings.concurrency, grid.mostConcurrency),
  }
}
