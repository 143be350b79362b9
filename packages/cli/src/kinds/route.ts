import type { BatcherOptions, BatchFunction } from 'jitney'
import type { Protocol } from './protocol.ts'

/** One batch function under one name, and how requests become its items. */
export interface Route {
  readonly name: string
  readonly batchFunction: BatchFunction<unknown, unknown>
  readonly options: BatcherOptions
  /**
   * What its requests and answers look like.
   * @default `POST /NAME` takes one item, as JSON or as bytes
   */
  readonly protocol?: Protocol | undefined
  /** The header whose value is the batch key: items of different values never share a batch. */
  readonly keyHeader?: string | undefined
  /** Runs once before the service is ready; if it rejects, the service does not start. */
  readonly warmUp?: (() => Promise<void>) | undefined
  /** Ends what the route keeps (processes, threads, connections), once its batcher is closed. */
  readonly close?: (() => Promise<void>) | undefined
}
