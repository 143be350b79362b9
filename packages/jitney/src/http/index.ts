/** Batches as HTTP requests. */
export { httpBatcher, type HttpBatcherOptions } from './http-batcher.ts'
export { HttpError, type HttpErrorDetails } from './http-error.ts'
export type { Fetch, RequestHeaders } from './exchange.ts'
export type { PassedOptions, RequestOptions, RequestRetry } from './options.ts'
