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
export { type Envelope, type EnvelopeHeader, readEnvelope } from './wire/envelope.ts'
export { purgedReply } from './purged-reply.ts'
