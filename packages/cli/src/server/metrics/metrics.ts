import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { BatchMessage } from 'jitney'
import type { RouteStats } from '../served-route.ts'
import { observeQueues } from './queue-metrics.ts'
import { sizeBuckets, timeBuckets } from './buckets.ts'

/** What of the service is told as it is when somebody asks. */
export interface Observed {
  readonly routes: () => readonly (readonly [name: string, stats: RouteStats])[]
  readonly slotsOf: (name: string) => number
  readonly isReady: () => boolean
  readonly heldBytes: () => number
  readonly openStreams: () => number
}

/** What a route tells its metrics. */
export interface RouteMetrics {
  /** An item was answered, so many milliseconds after it came, with this status. */
  answered(duration: number, status: number): void
}

const seconds = 0.001
const outcomes = ['fulfilled', 'rejected', 'aborted', 'refused'] as const

/**
 * The metrics of one service (https://prometheus.io/docs/practices/naming/). What the batchers count
 * anyway is read when it is asked for.
 */
export class Metrics {
  readonly registry: Registry = new Registry()
  readonly #latency: Histogram<'route'>
  readonly #answers = new Map<string, Map<number, number>>()
  readonly #batches: Counter<'route' | 'reason'>
  readonly #size: Histogram<'route'>
  readonly #duration: Histogram<'route'>
  readonly #queueTime: Histogram<'route'>

  constructor(observed: Observed) {
    const registers = [this.registry]
    collectDefaultMetrics({ register: this.registry })
    const labelNames = ['route'] as const
    this.#latency = new Histogram({
      name: 'jitney_item_duration_seconds',
      help: 'Time from the arrival of an item to its answer',
      labelNames,
      buckets: [...timeBuckets],
      registers,
    })
    this.#batches = new Counter({
      name: 'jitney_batches_total',
      help: 'Batches that ended, by the reason for which they left',
      labelNames: ['route', 'reason'],
      registers,
    })
    this.#size = new Histogram({
      name: 'jitney_batch_size_items',
      help: 'Items in a batch',
      labelNames,
      buckets: [...sizeBuckets],
      registers,
    })
    this.#duration = new Histogram({
      name: 'jitney_batch_duration_seconds',
      help: 'How long the batch function took',
      labelNames,
      buckets: [...timeBuckets],
      registers,
    })
    this.#queueTime = new Histogram({
      name: 'jitney_batch_queue_time_seconds',
      help: 'How long the oldest item of a batch had waited when it left',
      labelNames,
      buckets: [...timeBuckets],
      registers,
    })
    this.#observe(observed)
    observeQueues(this.registry, observed.routes)
  }

  /** The metrics of one route, with its labels looked up once. */
  ofRoute(name: string): RouteMetrics {
    const route = { route: name }
    const latency = this.#latency.labels(route)
    const byStatus = this.#answers.get(name) ?? new Map<number, number>()
    this.#answers.set(name, byStatus)
    return {
      answered: (duration, status) => {
        latency.observe(duration * seconds)
        byStatus.set(status, (byStatus.get(status) ?? 0) + 1)
      },
    }
  }

  /** A batch of a route has ended. */
  batchEnded(route: string, { reason, size, queueTime, duration = 0 }: BatchMessage): void {
    this.#batches.inc({ route, reason })
    this.#size.observe({ route }, size)
    this.#duration.observe({ route }, duration * seconds)
    this.#queueTime.observe({ route }, queueTime * seconds)
  }

  #observe({ routes, slotsOf, isReady, heldBytes, openStreams }: Observed): void {
    const registers = [this.registry]
    const gauge = (name: string, help: string, read: () => number): Gauge =>
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read())
        },
      })
    const perRoute = (
      name: string,
      help: string,
      read: (stats: RouteStats, route: string) => number,
    ): Gauge<'route'> =>
      new Gauge({
        name,
        help,
        registers,
        labelNames: ['route'],
        collect() {
          this.reset()
          for (const [route, stats] of routes()) this.set({ route }, read(stats, route))
        },
      })
    gauge('jitney_ready', 'Whether the service takes requests', () => Number(isReady()))
    gauge('jitney_held_bytes', 'Bytes of items that wait or run', heldBytes)
    gauge('jitney_open_streams', 'Streams that are open', openStreams)
    perRoute('jitney_queued_items', 'Items that wait', ({ queued, waiting }) => queued + waiting)
    perRoute('jitney_active_batches', 'Batches that hold a slot', ({ active }) => active)
    perRoute(
      'jitney_abandoned_batches',
      'Batches that hold a slot and that nobody waits for',
      ({ abandoned }) => abandoned,
    )
    perRoute('jitney_slots', 'Batches that may run at once', (_stats, route) => slotsOf(route))
    const counted = (
      name: string,
      help: string,
      labelNames: ('route' | 'outcome' | 'status')[],
      count: (add: (labels: Record<string, string>, value: number) => void) => void,
    ): void => {
      const collect = (): void => {
        counter.reset()
        count((labels, value) => {
          counter.inc(labels, value)
        })
      }
      const counter = new Counter({ name, help, labelNames, registers, collect })
    }
    counted(
      'jitney_items_total',
      'Items that came to an end, by outcome',
      ['route', 'outcome'],
      (add) => {
        for (const [route, stats] of routes()) {
          for (const outcome of outcomes) add({ route, outcome }, stats[outcome])
        }
      },
    )
    counted(
      'jitney_answers_total',
      'Items that were answered, by status',
      ['route', 'status'],
      (add) => {
        for (const [route, byStatus] of this.#answers) {
          for (const [status, times] of byStatus) add({ route, status: `${status}` }, times)
        }
      },
    )
    counted(
      'jitney_requests_total',
      'Items that came, those that were refused included',
      ['route'],
      (add) => {
        for (const [route, { requests }] of routes()) add({ route }, requests)
      },
    )
  }
}
