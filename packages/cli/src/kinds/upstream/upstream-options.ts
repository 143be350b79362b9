import type { BatcherOptions } from 'jitney'
import { type BatcherConfig, batcherShape } from '../../config/batcher-schema.ts'
import { batcherOptions } from '../batcher-options.ts'

const { splitOnError: _splitOnError, ...shape } = batcherShape

/** The batcher options of a route to another server; what is sent again depends on its answer. */
export const upstreamShape = shape

type UpstreamConfig = Omit<BatcherConfig, 'splitOnError'>

export interface UpstreamOptions {
  /** Those that `httpBatcher` shares with any batcher. */
  readonly options: BatcherOptions
  readonly retry: { readonly retry?: NonNullable<BatcherConfig['retry']> }
}

/** Attempts are counted by `httpBatcher`, by rules of its own. */
export function upstreamOptions({ retry, ...settings }: UpstreamConfig): UpstreamOptions {
  return {
    options: batcherOptions({ ...settings, retry: undefined, splitOnError: undefined }),
    retry: retry === undefined ? {} : { retry },
  }
}
