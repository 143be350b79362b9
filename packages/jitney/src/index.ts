/** Batches, bounded concurrency and task groups: the core, without dependencies. */
export {
  BatchAbortedError,
  BatcherClosedError,
  BatchError,
  BatchTimeoutError,
  QueueFullError,
} from './batcher/errors.ts'
export { outcome, type Outcome, type RetryRequest } from './batcher/outcome.ts'
export { TimeoutError } from './concurrency/timeout-error.ts'
export { Batcher, type BatcherConstructor } from './batcher/constructor.ts'
export { wait, type WaitOptions, type WaitResult } from './concurrency/wait.ts'
export { withTimeout, type WithTimeoutOptions } from './concurrency/with-timeout.ts'
export { limit, type Limiter } from './concurrency/limit.ts'
export { mapIterable, type MapIterableOptions } from './concurrency/map/map-iterable.ts'
export { asCompleted, type Thunk } from './concurrency/map/as-completed.ts'
export { map, mapSettled } from './concurrency/map/map.ts'
export {
  RateLimiter,
  type RateLimiterOptions,
  type TakeOptions,
} from './concurrency/rate-limiter.ts'
export { Channel, type ChannelOptions } from './concurrency/channel.ts'
export { taskGroup, type TaskGroupOptions } from './concurrency/task/task-group.ts'
export {
  type AcquireOptions,
  type Permit,
  Semaphore,
  type TryAcquireOptions,
} from './concurrency/semaphore.ts'
export type {
  Awaitable,
  BatchContext,
  BatchEntry,
  BatchFunction,
  BatchResults,
  ResultOf,
} from './batcher/batch-function.ts'
export type { BatcherOptions, Retry, Weight } from './batcher/options.ts'
export type { CloseOptions, Processor, ProcessOptions } from './batcher/processor.ts'
export type { Rate } from './batcher/departure/sharing.ts'
export type { SharedSlots } from './batcher/departure/sharing.ts'
export type { BatcherStats } from './batcher/stats.ts'
export type { BatchMessage } from './platform/diagnostics.ts'
export type { Clock } from './platform/clock.ts'
export type { DepartureReason } from './policy/departure.ts'
export type {
  StartContext,
  TaskContext,
  TaskGroup,
  TaskGroupStats,
  TaskOptions,
} from './concurrency/task/group.ts'
export type { ItemContext } from './concurrency/map/item-context.ts'
export type {
  MapFunction,
  MapOptions,
  SharedPlaces,
  Source,
} from './concurrency/map/map-settings.ts'
export type { Task, TaskState } from './concurrency/task/task.ts'
