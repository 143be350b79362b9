import type { BatcherOptions } from 'jitney'
import type { BatchWorkerOptions } from 'jitney/remote'
import { show } from '../arguments/show.ts'
import { StartError } from '../errors.ts'

type Said = Omit<BatchWorkerOptions, 'transport' | 'codec' | 'clock' | 'onError'>

/** What would change which items may meet, or when, and what a worker does not have. */
const foreign = ['batchKey', 'dedupeKey', 'weight', 'rateLimit'] as const

/**
 * What the options of `defineBatch` mean for a worker. Those for callers (`maxQueueSize`) are not its
 * business. Throws a `StartError` for those that it cannot keep.
 */
export function workerOptions(queue: string, options: BatcherOptions): Said {
  const { maxBatchSize, maxQueueTime, concurrency, timeout, splitOnError, retry } = options
  for (const name of foreign) {
    if (options[name] === undefined) continue
    const hint = name === 'batchKey' ? '; a client says the batchKey' : ''
    throw new StartError(`Cannot work on ${queue}: a worker has no option ${name}${hint}`)
  }
  if (typeof concurrency === 'object') {
    throw new StartError(
      `Cannot work on ${queue}: expected concurrency to be a number, received ${show(concurrency)}`,
    )
  }
  return {
    maxBatchSize,
    maxQueueTime,
    concurrency,
    timeout,
    isolate: splitOnError,
    ...(retry && { retry: delaysOf(retry), maxDeliveries: retry.attempts }),
  }
}

function delaysOf({ minDelay, maxDelay, when }: NonNullable<BatcherOptions['retry']>) {
  return { minDelay, maxDelay, when }
}
