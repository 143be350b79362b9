import { type BatcherOptions, RateLimiter } from 'jitney'
import type { BatcherConfig } from '../config/batcher-schema.ts'

/** Options of a batcher from a configuration, those that it does not name left out. */
export function batcherOptions({
  keyHeader: _keyHeader,
  rateLimit,
  retry,
  ...plain
}: BatcherConfig): BatcherOptions {
  const rates = rateLimit === undefined ? [] : [rateLimit].flat()
  const options: BatcherOptions = {
    ...plain,
    ...(rates.length > 0 && { rateLimit: rates.map((rate) => new RateLimiter(rate)) }),
    // A configuration that says how often means every error.
    ...(retry && { retry: { when: () => true, ...retry } }),
  }
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
