import type { Batcher } from 'jitney'

/** What a service needs of what takes a route's items; a `Batcher` fits. */
export type RouteBatcher = Pick<
  Batcher<unknown, unknown>,
  'abort' | 'close' | 'concurrency' | 'flush' | 'maxBatchSize' | 'process' | 'stats'
> &
  Partial<Pick<Batcher<unknown, unknown>, 'activeCount' | 'queuedCount'>>
