import type { Registry } from 'prom-client'

/** A histogram as Prometheus has it. */
interface HistogramCounts {
  readonly sum: number
  readonly count: number
  /** Upper bounds, the last of them infinite (`null` in JSON), each with how many were up to it. */
  readonly buckets: readonly (readonly [bound: number, upTo: number])[]
}

/** What the metrics say of one route. */
export interface RouteCounts {
  readonly slots: number
  /** Batches that ended, by why they left. */
  readonly reasons: Readonly<Record<string, number>>
  /** Items that were answered, by status. */
  readonly answers: Readonly<Record<string, number>>
  /** Items. */
  readonly batchSize: HistogramCounts
  /** Seconds, as of the two that follow. */
  readonly latency: HistogramCounts
  readonly queueTime: HistogramCounts
  readonly batchDuration: HistogramCounts
}

interface Sample {
  readonly metricName?: string
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

/** Reads the metrics of one route after the other from the registry that `/metrics` shows. */
export async function readMetrics(registry: Registry): Promise<(route: string) => RouteCounts> {
  const read = async (name: string): Promise<readonly Sample[]> =>
    ((await registry.getSingleMetric(name)?.get())?.values ?? []) as readonly Sample[]
  const [slots, reasons, answers, batchSize, latency, queueTime, batchDuration] =
    (await Promise.all(
      [
        'jitney_slots',
        'jitney_batches_total',
        'jitney_answers_total',
        'jitney_batch_size_items',
        'jitney_item_duration_seconds',
        'jitney_batch_queue_time_seconds',
        'jitney_batch_duration_seconds',
      ].map(async (name) => byRoute(await read(name))),
    )) as [ByRoute, ByRoute, ByRoute, ByRoute, ByRoute, ByRoute, ByRoute]
  return (route) => ({
    slots: slots.get(route)?.[0]?.value ?? 0,
    reasons: counted(reasons.get(route), 'reason'),
    answers: counted(answers.get(route), 'status'),
    batchSize: histogram(batchSize.get(route)),
    latency: histogram(latency.get(route)),
    queueTime: histogram(queueTime.get(route)),
    batchDuration: histogram(batchDuration.get(route)),
  })
}

type ByRoute = ReadonlyMap<string, readonly Sample[]>

function byRoute(samples: readonly Sample[]): ByRoute {
  const routes = new Map<string, Sample[]>()
  for (const sample of samples) {
    const name = String(sample.labels['route'])
    const known = routes.get(name)
    if (known === undefined) routes.set(name, [sample])
    else known.push(sample)
  }
  return routes
}

function counted(samples: readonly Sample[] = [], label: string): Record<string, number> {
  return Object.fromEntries(samples.map(({ labels, value }) => [String(labels[label]), value]))
}

function histogram(samples: readonly Sample[] = []): HistogramCounts {
  const ending = (end: string): readonly Sample[] =>
    samples.filter(({ metricName = '' }) => metricName.endsWith(end))
  return {
    sum: ending('_sum')[0]?.value ?? 0,
    count: ending('_count')[0]?.value ?? 0,
    buckets: ending('_bucket').map(({ labels, value }) => [boundOf(labels['le']), value] as const),
  }
}

function boundOf(given: string | number | undefined): number {
  return given === '+Inf' ? Infinity : Number(given)
}
