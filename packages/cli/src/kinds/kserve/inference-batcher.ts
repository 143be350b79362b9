import { Batcher, type BatcherOptions, type BatchFunction } from 'jitney'
import type { Problem } from '../../server/problem.ts'
import type { Parcel } from '../route.ts'
import type { Inference } from './read-request.ts'

const maxBatchSizeDefault = 100

/**
 * A batcher of inference requests: a batch has at most `maxBatchSize` rows, and requests of other
 * inputs, outputs or parameters are never in it.
 */
export function inferenceBatcher(
  run: BatchFunction<Parcel, unknown>,
  options: BatcherOptions<Parcel>,
): Batcher<Parcel, unknown> {
  const { maxBatchSize = maxBatchSizeDefault } = options
  return new Batcher<Parcel, unknown>(run, {
    ...options,
    maxBatchSize,
    batchKey: ({ item, key }) => `${(item as Inference).key} ${key ?? ''}`,
    ...(Number.isFinite(maxBatchSize) && {
      weight: { of: ({ item }: Parcel) => (item as Inference).rows, max: maxBatchSize },
    }),
  })
}

/** Of a request that is larger than a batch may be. */
export function tooManyRows(error: unknown): Problem | undefined {
  if (!(error instanceof RangeError)) return undefined
  if ((error as { code?: unknown }).code !== 'JITNEY_OUT_OF_RANGE') return undefined
  const detail = 'The request has more rows than a batch may have.'
  return { status: 400, code: 'JITNEY_REQUEST_REFUSED', detail }
}
