import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Route } from '../kinds/route.ts'
import { createApplication } from './application.ts'
import { BodyBytes } from './body-bytes.ts'
import { bottlenecks } from './bottlenecks.ts'
import { checkAuthorization, checkPaths } from './check-routes.ts'
import type { Connections } from './connections.ts'
import type { Endpoint, Endpoints } from './endpoints.ts'
import { exchangeEndpoints } from './exchange-endpoint.ts'
import { FailureLog } from './failure-log.ts'
import { itemEndpoint } from './item-endpoint.ts'
import { unbracketed } from './known-hosts.ts'
import { backlog, listen } from './listen.ts'
import { listenOnSocket } from './listen-on-socket.ts'
import { watchBatches } from './metrics/batch-watch.ts'
import { Metrics } from './metrics/metrics.ts'
import { RouteFailures } from './route-failures.ts'
import { type RouteStats, ServedRoute } from './served-route.ts'
import { type ServiceOptions, type ServiceSettings, serviceSettings } from './service-options.ts'
import { streamEndpoint } from './stream/stream-endpoint.ts'
import { Streams } from './stream/streams.ts'
import { untilAllRead } from './until-all-read.ts'
import { StatsStream } from './watch/stats-stream.ts'
import { type Snapshot, takeSnapshot } from './watch/snapshot.ts'
import { within } from './within.ts'

/**
 * How long connections without a request stay open once the service takes no more: a client that
 * sends at this moment is told so, instead of finding its connection closed.
 */
const lull = 100
/** How long a request that had begun to arrive when the service began to stop may go on arriving. */
const arrivalGrace = 5000
/** How long the answers to an aborted batch may take to leave. */
const farewell = 1000

/** What the service has done so far, JSON-able. */
export interface ServiceStats {
  readonly state: 'starting' | 'open' | 'closing'
  /** Milliseconds since the service was made. */
  readonly uptime: number
  readonly requests: number
  readonly batches: number
  readonly routes: Readonly<Record<string, RouteStats>>
}

/** Options of `Service.stop`. */
export interface StopOptions {
  /**
   * Milliseconds until what is still running is aborted.
   * @default Infinity
   */
  readonly timeout?: number | undefined
  /** Aborts what is still running at once. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Serves batch functions over HTTP: single requests in, batches out.
 *
 * Guarantees:
 * - every request that came in is answered, or its connection closed;
 * - the item of a client that went away while it was queued never reaches the batch function;
 * - what waits is bounded; beyond it callers are told to come back;
 * - it is not ready before every route has warmed up; `reload` replaces the routes without losing a
 *   request;
 * - `stop` loses nothing that had reached the machine, unless its time runs out.
 */
export class Service {
  readonly app: FastifyInstance
  /** Is told of each request that comes from now on, when it has ended. */
  onAccess: ServiceOptions['onAccess']
  /** One sentence for each limit that keeps a batch from ever being full. */
  readonly warnings: readonly string[]
  #routes: readonly ServedRoute[]
  readonly #settings: ServiceSettings
  readonly #failures: FailureLog
  readonly #connections: Connections
  readonly #streams: Streams
  readonly #bytes: BodyBytes
  readonly #metrics: Metrics
  readonly #endWatch: () => void
  readonly #watch: StatsStream
  readonly #instance = randomUUID()
  readonly #endpoints: Endpoints
  #reloading: Promise<unknown> = Promise.resolve()
  readonly #start = performance.now()
  #state: ServiceStats['state']
  #stopped: Promise<boolean> | undefined

  constructor(routes: readonly Route[], options: ServiceOptions = {}) {
    this.#settings = serviceSettings(options)
    this.onAccess = this.#settings.onAccess
    this.#failures = new FailureLog(this.#settings.onFailure)
    this.#routes = this.#serve(routes)
    this.#state = routes.some(({ warmUp }) => warmUp !== undefined) ? 'starting' : 'open'
    this.warnings = bottlenecks(this.#routes, this.#settings.maxConnections)
    this.#bytes = new BodyBytes(this.#settings.maxQueuedBytes)
    this.#streams = new Streams(this.#settings.maxStreams)
    this.#metrics = new Metrics({
      routes: () => this.#routes.map((route) => [route.name, route.stats()] as const),
      slotsOf: (name) => slotsOf(this.#routes.find((route) => route.name === name)!.batcher),
      isReady: () => this.#state === 'open',
      heldBytes: () => this.#bytes.held,
      openStreams: () => this.#streams.open,
    })
    this.#endWatch = watchBatches((message) => {
      const route = this.#routes.find(({ batcher }) => batcher === message.batcher)
      if (route === undefined) return
      this.#metrics.batchEnded(route.name, message)
      this.#settings.onTraffic()
    })
    this.#watch = new StatsStream({
      streams: this.#streams,
      snapshot: () => this.#snapshot(),
      patience: this.#settings.requestTimeout,
    })
    const { app, connections, endpoints } = createApplication({
      settings: this.#settings,
      streams: this.#streams,
      failures: this.#failures,
      state: () => this.#state,
      stats: () => this.#statsNow(),
      look: () => this.#look(),
      metrics: this.#metrics.registry,
      watch: this.#watch,
      access: () => this.onAccess,
    })
    this.app = app
    this.#connections = connections
    this.#endpoints = endpoints
    endpoints.replace(this.#routes.flatMap((route) => this.#endpointsOf(route)))
  }

  stats(): ServiceStats {
    const routes = this.#routes.map((route) => [route.name, route.stats()] as const)
    return {
      state: this.#state,
      uptime: performance.now() - this.#start,
      requests: routes.reduce((sum, [, { requests }]) => sum + requests, 0),
      batches: routes.reduce((sum, [, { batches }]) => sum + batches, 0),
      routes: Object.fromEntries(routes),
    }
  }

  /**
   * Resolves to the URL that it listens on, once it is ready. Rejects with a `StartError` if it
   * cannot listen or a route cannot warm up.
   */
  async listen(): Promise<string> {
    const { host, port, listen: path, maxConnections } = this.#settings
    const { server } = this.app
    await this.app.ready()
    if (Number.isFinite(maxConnections)) server.maxConnections = maxConnections
    if (path === '') await listen(server, unbracketed(host), port)
    else await listenOnSocket(server, path)
    server.on('error', (error) => this.#failures.report('The server failed', error))
    await this.ready()
    if (path !== '') return `unix:${path}`
    const { address, port: actualPort, family } = server.address() as AddressInfo
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${actualPort}`
  }

  /** Warms the routes up, and from then on takes requests. */
  async ready(): Promise<void> {
    await Promise.all(this.#routes.map((route) => route.open()))
    if (this.#state === 'starting') this.#state = 'open'
  }

  /**
   * Serves these routes instead. Requests that came before are answered by the old ones; those that
   * come once the new ones are warm, by them. Rejects with a `StartError`, and changes nothing, if
   * they cannot be served.
   */
  reload(routes: readonly Route[]): Promise<void> {
    const reloaded = this.#reloading.then(() => this.#replace(routes))
    this.#reloading = reloaded.catch(() => {})
    return reloaded
  }

  /**
   * Takes no more requests and answers all that had reached the machine. Resolves when every
   * connection is closed, to whether everything was answered: `false` if the time ran out or the
   * signal aborted, and what was still running was aborted. Calling it again changes nothing.
   */
  stop(options: StopOptions = {}): Promise<boolean> {
    return (this.#stopped ??= this.#stop(options))
  }

  async #replace(routes: readonly Route[]): Promise<void> {
    const old = this.#routes
    const served = this.#serve(routes)
    try {
      await Promise.all(served.map((route) => route.open()))
    } catch (error) {
      await Promise.allSettled(served.map((route) => route.close()))
      throw error
    }
    for (const route of served) {
      const before = old.find(({ name }) => name === route.name)
      if (before !== undefined) route.succeed(before)
    }
    this.#routes = served
    this.#endpoints.replace(served.flatMap((route) => this.#endpointsOf(route)))
    await Promise.all(old.map((route) => route.close()))
    for (const route of served) route.forgetPredecessor()
  }

  /** Says whether every queue that routes need can be reached. */
  async #look(): Promise<boolean> {
    const found = await Promise.all(this.#routes.map((route) => route.look()))
    return !found.includes(false)
  }

  async #statsNow(): Promise<ServiceStats> {
    await this.#look()
    return this.stats()
  }

  async #snapshot(): Promise<Snapshot> {
    await this.#look()
    return takeSnapshot({
      instance: this.#instance,
      stats: () => this.stats(),
      registry: this.#metrics.registry,
      boundsOf: (name) => {
        const { batcher, maxQueueSize } = this.#routes.find((route) => route.name === name)!
        return { maxBatchSize: batcher.maxBatchSize, maxQueueSize }
      },
      heldBytes: () => this.#bytes.held,
      openStreams: () => this.#streams.open,
    })
  }

  #serve(routes: readonly Route[]): readonly ServedRoute[] {
    const { onTraffic } = this.#settings
    const accepted = (): number => this.#connections.accepted
    const isClosing = (): boolean => this.#state === 'closing'
    checkPaths(routes)
    checkAuthorization(routes, this.#settings.token)
    return routes.map((route) => new ServedRoute(route, { accepted, isClosing, onTraffic }))
  }

  #endpointsOf(route: ServedRoute): readonly Endpoint[] {
    const failures = new RouteFailures(route, this.#failures)
    const metrics = this.#metrics.ofRoute(route.name)
    if (route.protocol !== undefined)
      return exchangeEndpoints(route, route.protocol, failures, this.#bytes, metrics)
    return [
      itemEndpoint(route, failures, this.#bytes, metrics),
      streamEndpoint(route, failures, this.#streams, this.#bytes, metrics, this.#settings),
    ]
  }

  async #stop({ timeout = Infinity, signal }: StopOptions): Promise<boolean> {
    let grace: NodeJS.Timeout | undefined
    const finished = this.#finish(() => {
      grace = setTimeout(
        () => {
          this.#streams.close()
          this.#connections.closeIncomplete((socket) => this.#streams.has(socket))
        },
        Math.min(arrivalGrace, timeout),
      ).unref()
    })
    const inTime = await within(finished, timeout, signal)
    clearTimeout(grace)
    if (!inTime) {
      for (const { batcher } of this.#routes) batcher.abort(new Error('The service was stopped'))
      await within(finished, farewell)
      this.app.server.closeAllConnections()
    }
    await this.app.close()
    this.#endWatch()
    this.#failures.flush()
    return inTime
  }

  /**
   * Resolves when everybody has their answer and every connection is closed.
   *
   * @param onClosing is called when nothing more is taken.
   */
  async #finish(onClosing: () => void): Promise<void> {
    const connections = this.#connections
    await untilAllRead(() => connections.accepted, backlog)
    this.#state = 'closing'
    onClosing()
    for (const { batcher } of this.#routes) void batcher.flush()
    connections.drain()
    void this.#watch.close()
    await within(connections.empty(), lull)
    this.app.server.close()
    connections.closeIdle()
    await connections.empty()
    await Promise.all(this.#routes.map((route) => route.close()))
  }
}

function slotsOf({ concurrency }: ServedRoute['batcher']): number {
  return typeof concurrency === 'number' ? concurrency : concurrency.capacity
}
