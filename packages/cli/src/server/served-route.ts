import { Batcher, type BatcherOptions, type BatcherStats } from 'jitney'
import type { Route } from '../module/route.ts'
import { afterReading } from './event-loop.ts'
import { queueBound } from './queue-bound.ts'

/** What one route has done so far. */
export interface RouteStats extends BatcherStats {
  /** Items that came, those that were refused included. */
  readonly requests: number
}

/**
 * A route while it is served.
 *
 * Guarantees:
 * - the batcher's queue has a bound, the one that was asked for or `queueBound`;
 * - `onTraffic` is called whenever an item came or a batch left.
 */
export class ServedRoute {
  readonly name: string
  readonly batcher: Batcher<unknown, unknown>
  readonly maxQueueSize: number
  readonly #onTraffic: () => void
  readonly #isClosing: () => boolean
  #requests = 0

  constructor(
    { name, batchFunction, options }: Route,
    onTraffic: () => void,
    isClosing: () => boolean,
  ) {
    this.name = name
    this.#onTraffic = onTraffic
    this.#isClosing = isClosing
    this.maxQueueSize = options.maxQueueSize ?? queueBound(new Batcher(batchFunction, options))
    const bounded: BatcherOptions = {
      ...options,
      name: options.name ?? name,
      maxQueueSize: this.maxQueueSize,
    }
    this.batcher = new Batcher<unknown, unknown>((items, context) => {
      onTraffic()
      return batchFunction(items, context)
    }, bounded)
  }

  /**
   * Hands an item over and gives its promise to `settle`, together with all items that are read in
   * the same phase of the event loop: each request is a turn of its own there, and would leave alone.
   */
  take(item: unknown, signal: AbortSignal, settle: (result: Promise<unknown>) => void): void {
    this.#requests++
    this.#onTraffic()
    afterReading(() => {
      settle(this.batcher.process(item, { signal }))
      // A body that was on its way when the service began to stop: nobody will keep it company.
      if (this.#isClosing()) void this.batcher.flush()
    })
  }

  stats(): RouteStats {
    return { requests: this.#requests, ...this.batcher.stats() }
  }
}
