/** Batches as HTTP requests. */
export { httpBatcher, type HttpBatcherOptions } from './http-batcher.ts'
export { HttpError, type HttpErrorDetails } from './http-error.ts'
export type { Fetch, RequestHeaders } from './exchange.ts'
export type { PassedOptions } from '../integration/options.ts'
export type { RequestOptions } from './options.ts'
export type { RequestRetry } from '../integration/retry.ts'
