import type { Registry } from 'prom-client'
import { version } from '../../version.ts'
import { readMetrics, type RouteCounts } from '../metrics/read-metrics.ts'
import type { RouteStats } from '../served-route.ts'
import type { ServiceStats } from '../service.ts'

/** What is said of one route: its stats, its metrics, its bounds (`null` in JSON is no bound). */
interface RouteSnapshot extends RouteStats, RouteCounts {
  readonly maxBatchSize: number
  readonly maxQueueSize: number
}

/** One event of `/stats/stream`. */
export interface Snapshot extends Omit<ServiceStats, 'routes'> {
  readonly version: string
  /** Another one after each start: what was counted begins anew with it. */
  readonly instance: string
  readonly heldBytes: number
  readonly openStreams: number
  readonly routes: Readonly<Record<string, RouteSnapshot>>
}

/** What a snapshot is taken of. */
export interface Watched {
  readonly instance: string
  readonly stats: () => ServiceStats
  readonly registry: Registry
  readonly boundsOf: (name: string) => Pick<RouteSnapshot, 'maxBatchSize' | 'maxQueueSize'>
  readonly heldBytes: () => number
  readonly openStreams: () => number
}

/** Takes it all in one moment. */
export async function takeSnapshot(watched: Watched): Promise<Snapshot> {
  const metricsOf = await readMetrics(watched.registry)
  const { routes, ...stats } = watched.stats()
  return {
    ...stats,
    version,
    instance: watched.instance,
    heldBytes: watched.heldBytes(),
    openStreams: watched.openStreams(),
    routes: Object.fromEntries(
      Object.entries(routes).map(([name, route]) => [
        name,
        { ...route, ...metricsOf(name), ...watched.boundsOf(name) },
      ]),
    ),
  }
}
