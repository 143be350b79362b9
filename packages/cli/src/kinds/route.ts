import type { BatcherOptions, BatchFunction } from 'jitney'
import type { Problem } from '../server/problem.ts'
import type { Trace } from '../server/trace.ts'
import type { Protocol } from './protocol.ts'
import type { QueueWatch } from './remote/queue-watch.ts'
import type { RouteBatcher } from './route-batcher.ts'

/** One name, how requests become items, and what becomes of those. */
export type Route = FunctionRoute | UpstreamRoute

/** A route whose batches go to a function. */
export interface FunctionRoute extends AnyRoute {
  readonly batchFunction: BatchFunction<unknown, unknown>
  readonly createBatcher?: undefined
}

/** A route whose batches go to a server elsewhere, by a batcher that knows how. */
interface UpstreamRoute extends AnyRoute {
  readonly batchFunction?: undefined
  readonly createBatcher: (options: BatcherOptions<Parcel>) => RouteBatcher
}

/** An item on its way to a server elsewhere, with what its request said. */
export interface Parcel {
  readonly item: unknown
  /** The value of the route's `keyHeader`. */
  readonly key: string | undefined
  readonly trace: Trace | undefined
  /** When nobody waits for it any more, on the clock of `performance`. */
  readonly deadline: number
}

interface AnyRoute {
  readonly name: string
  readonly options: BatcherOptions
  /**
   * What its requests and answers look like.
   * @default `POST /NAME` takes one item, as JSON or as bytes
   */
  readonly protocol?: Protocol | undefined
  /** The header whose value is the batch key: items of different values never share a batch. */
  readonly keyHeader?: string | undefined
  /** Whether an item must be JSON, since it is sent on as such. */
  readonly isJsonOnly?: boolean | undefined
  /** Whether it passes on the `Authorization` of its clients, which then cannot be the service's. */
  readonly takesAuthorization?: boolean | undefined
  /** What callers are told of a failure, if the route knows better. */
  readonly problemOf?: ((error: unknown) => Problem | undefined) | undefined
  /** The queue that its items go to: without it the service is not ready. */
  readonly queue?: Pick<QueueWatch, 'last' | 'look'> | undefined
  /** Runs once before the service is ready; if it rejects, the service does not start. */
  readonly warmUp?: (() => Promise<void>) | undefined
  /** Ends what the route keeps (processes, threads, connections), once its batcher is closed. */
  readonly close?: (() => Promise<void>) | undefined
}
