/** Batches formed across machines: callers and workers in processes of their own. */
export { memoryTransport, type MemoryTransportOptions } from './memory/memory-transport.ts'
export {
  OutcomeUnknownError,
  RemoteAbortedError,
  RemoteError,
  type RemoteErrorCode,
} from './errors.ts'
export type {
  Claim,
  Completion,
  DeadLetter,
  QueuedItem,
  QueueStats,
  QueueWorker,
  Reply,
  Submission,
  SubmissionVerdict,
  Transport,
  TransportAdmin,
  TransportClient,
  TransportWorker,
  WaitOptions,
  WorkerLinkOptions,
} from './transport.ts'
export { type Codec, jsonCodec } from './wire/codec.ts'
export { RemoteBatcher } from './client/remote-batcher.ts'
export type { RemoteProcessOptions } from './client/call-options.ts'
export type { RemoteBatcherStats } from './client/stats.ts'
export type { RemoteBatcherOptions } from './client/options.ts'
export { BatchWorker } from './worker/batch-worker.ts'
export type { BatchWorkerStats } from './worker/stats.ts'
export type { BatchWorkerOptions, RemoteRetry } from './worker/options.ts'
export type {
  RemoteBatchContext,
  RemoteBatchEntry,
  RemoteBatchFunction,
} from './worker/batch-function.ts'
export {
  type DeadLetterRange,
  type RemoteDeadLetter,
  type RemoteDeadLetters,
  type RemoteItem,
  RemoteQueue,
  type RemoteQueueOptions,
} from './admin/remote-queue.ts'
