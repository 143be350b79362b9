import type { BatcherOptions, BatchFunction } from 'jitney'

/** One batch function under one name: `POST /NAME` takes one item of it. */
export interface Route {
  readonly name: string
  readonly batchFunction: BatchFunction<unknown, unknown>
  readonly options: BatcherOptions
}
