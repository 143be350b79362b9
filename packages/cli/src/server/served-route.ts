import { Batcher, type BatcherOptions, type BatcherStats, Semaphore } from 'jitney'
import { StartError } from '../errors.ts'
import type { Protocol } from '../kinds/protocol.ts'
import type { QueueGlance } from '../kinds/remote/queue-watch.ts'
import type { RouteBatcher } from '../kinds/route-batcher.ts'
import type { Parcel, Route } from '../kinds/route.ts'
import type { Call } from './call.ts'
import { Gathering } from './gathering.ts'
import { keyedFunction, keyedOptions } from './keyed.ts'
import type { Problem } from './problem.ts'
import { queueBound } from './queue-bound.ts'

/** Most items of streams that are under way at once. */
const mostStreamed = 10_000

/** What one route has done so far. */
export interface RouteStats extends BatcherStats {
  /** Items that came, those that were refused included. */
  readonly requests: number
  /** The queue that its items go to, when it was last looked at; `null` if it is not to be reached. */
  readonly queue?: QueueGlance | null
}

/** What only grows, also over a reload. */
const totals = [
  'requests',
  'batches',
  'items',
  'totalDuration',
  'fulfilled',
  'rejected',
  'aborted',
  'refused',
] as const

/** What a route has to know of the service around it. */
export interface Surroundings {
  /** How many connections were accepted so far. */
  readonly accepted: () => number
  readonly isClosing: () => boolean
  /** Is called whenever an item came or a batch left. */
  readonly onTraffic: () => void
}

/**
 * A route while it is served.
 *
 * Guarantees:
 * - the batcher's queue has a bound, the one that was asked for or `queueBound`;
 * - items that had reached this machine together are handed to the batcher together.
 */
export class ServedRoute {
  readonly name: string
  readonly protocol: Protocol | undefined
  /** In lower case, as Node gives headers. */
  readonly keyHeader: string | undefined
  readonly isJsonOnly: boolean
  readonly batcher: RouteBatcher
  readonly maxQueueSize: number
  /** What all streams together may have under way: half of what may wait, the rest is for others. */
  readonly streamSlots: Semaphore
  readonly #route: Route
  readonly #surroundings: Surroundings
  readonly #gathering: Gathering
  readonly #isBoundPlain: boolean
  /** Items that came in this turn, which the batcher does not know yet. */
  #gathered = 0
  #requests = 0
  #refused = 0
  #predecessor: { stats(): RouteStats } | undefined
  #successor: ServedRoute | undefined

  constructor(given: Route, surroundings: Surroundings) {
    this.name = given.name
    this.protocol = given.protocol
    this.keyHeader = given.keyHeader?.toLowerCase()
    this.isJsonOnly = given.isJsonOnly ?? false
    this.#route = given
    this.#surroundings = surroundings
    this.#isBoundPlain = isBoundPlain(given)
    this.#gathering = new Gathering(surroundings.accepted, () => this.batcher.maxBatchSize)
    try {
      const create = maker(given, surroundings.onTraffic)
      const options = { ...given.options, name: given.options.name ?? given.name }
      this.maxQueueSize = options.maxQueueSize ?? queueBound(create(options))
      this.streamSlots = new Semaphore(Math.ceil(Math.min(this.maxQueueSize / 2, mostStreamed)))
      this.batcher = create({ ...options, maxQueueSize: this.maxQueueSize })
    } catch (error) {
      throw new StartError(`Cannot serve /${given.name}: ${(error as Error).message}`, {
        cause: error,
      })
    }
  }

  /**
   * Whether an item that comes now is refused, whatever it is, since the queue is full; it is counted
   * then. So its body need not be read.
   */
  refuses(): boolean {
    if (!this.#isBoundPlain || this.#room() > 0) return false
    this.#requests += 1
    this.#refused += 1
    this.#surroundings.onTraffic()
    return true
  }

  /** Hands an item to the batcher, a moment later, and gives its promise to `settle`. */
  take(item: unknown, call: Call, settle: (result: Promise<unknown>) => void): void {
    this.#hold(1, () => settle(this.#process(item, call)))
  }

  /** The same for several items of one request. */
  takeAll(
    items: readonly unknown[],
    call: Call,
    settle: (results: readonly Promise<unknown>[]) => void,
  ): void {
    this.#hold(items.length, () => settle(items.map((item) => this.#process(item, call))))
  }

  /** Starts what the route needs before it can answer. */
  async open(): Promise<void> {
    await this.#route.warmUp?.()
  }

  /** Looks at the queue that its items go to; says whether all is well there. */
  async look(): Promise<boolean> {
    return (await this.#route.queue?.look()) ?? true
  }

  /** What callers are told of a failure, if the route knows better than the service. */
  problemOf(error: unknown): Problem | undefined {
    return this.#route.problemOf?.(error)
  }

  /** Ends the route, when all it took is answered. */
  async close(): Promise<void> {
    // After those that are held back.
    await new Promise<void>((resolve) => {
      this.#gathering.add(resolve)
    })
    await this.batcher.close()
    await this.#route.close?.()
  }

  stats(): RouteStats {
    const { queue } = this.#route
    const stats = this.batcher.stats()
    const now = {
      requests: this.#requests,
      ...stats,
      refused: stats.refused + this.#refused,
      ...(queue && { queue: queue.last }),
    }
    const before = this.#predecessor?.stats()
    if (before === undefined) return now
    const sums = totals.map((name) => [name, now[name] + before[name]] as const)
    return { ...now, ...Object.fromEntries(sums) }
  }

  /** Goes on counting where another of the same name, which this one replaces, will end. */
  succeed(predecessor: ServedRoute): void {
    this.#predecessor = predecessor
    predecessor.#successor = this
  }

  /** The one that has replaced it: what is still to come of a stream is for that. */
  get successor(): ServedRoute | undefined {
    return this.#successor
  }

  /** The one before has ended: nothing of it is kept but its counts. */
  forgetPredecessor(): void {
    const last = this.#predecessor?.stats()
    this.#predecessor = last && { stats: () => last }
  }

  #process(item: unknown, { key, trace, deadline, options }: Call): Promise<unknown> {
    if (this.#route.createBatcher !== undefined) {
      return this.batcher.process({ item, key, trace, deadline } satisfies Parcel, options)
    }
    return this.batcher.process(this.keyHeader === undefined ? item : { item, key }, options)
  }

  /** What the queue and the slots that are free would take beside what has come. */
  #room(): number {
    const { batcher, maxQueueSize } = this
    const inQueue = maxQueueSize - batcher.queuedCount! - this.#gathered
    if (inQueue > 0) return inQueue
    const free = freeSlots(batcher)
    return free > 0 ? inQueue + free * batcher.maxBatchSize : inQueue
  }

  #hold(items: number, handOver: () => void): void {
    this.#requests += items
    this.#gathered += items
    this.#surroundings.onTraffic()
    this.#gathering.add(() => {
      this.#gathered -= items
      handOver()
      // A body that was on its way when the service began to stop: nobody will keep it company.
      if (this.#surroundings.isClosing()) void this.batcher.flush()
    })
  }
}

/**
 * Whether a full queue takes nothing at all: no caller waits for room, nobody shares an item that is
 * in it, and nothing in it came back, which does not count.
 */
function isBoundPlain({ createBatcher, options }: Route): boolean {
  const { overflow, dedupeKey, retry, splitOnError = false } = options
  const mayTake = overflow === 'wait' || dedupeKey !== undefined
  return createBatcher === undefined && !mayTake && retry === undefined && !splitOnError
}

/** Of slots that others share, whether one is free is the batcher's to know. */
function freeSlots({ activeCount = 0, concurrency }: RouteBatcher): number {
  return typeof concurrency === 'number' ? concurrency - activeCount : Infinity
}

type Maker = (options: BatcherOptions) => RouteBatcher

/** How the batcher of a route is made. */
function maker(route: Route, onTraffic: () => void): Maker {
  if (route.createBatcher !== undefined) return route.createBatcher
  const isKeyed = route.keyHeader !== undefined
  const batchFunction = isKeyed ? keyedFunction(route.batchFunction) : route.batchFunction
  return (options) =>
    new Batcher<unknown, unknown>(
      (items, context) => {
        onTraffic()
        return batchFunction(items, context)
      },
      isKeyed ? keyedOptions(options) : options,
    )
}
