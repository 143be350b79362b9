import type { BatcherOptions } from 'jitney'
import type { ManualClock } from 'jitney/testing'

import type { Shared } from './shared.ts'

/** What a batcher is asked to work on. */
export interface Item {
  /** Items are numbered in the order of the calls of `process`. */
  readonly number: number
  readonly key: string
  /** Items with the same twin are duplicates. */
  readonly twin: number
  readonly weights: readonly number[]
}

/** `'shared'`: a semaphore that an outsider uses too. */
export type Concurrency = number | 'shared'

export interface RateSettings {
  readonly limit: number
  readonly interval: number
  readonly of: 'batches' | 'items' | 'weight'
}

export interface RetrySettings {
  readonly attempts: number
  readonly minDelay: number
  readonly maxDelay: number
  readonly when: 'by default' | 'also after timeouts' | 'never' | 'throws'
}

/** The options of a batcher, as plain data. */
export interface Settings {
  maxBatchSize: number
  maxQueueTime: number | 'adaptive'
  concurrency: Concurrency
  readonly maxQueueSize: number
  readonly overflow: 'reject' | 'wait'
  readonly timeout: number
  /** Places of the semaphore that is shared. */
  readonly places: number
  /** The maxima, one for each weight. */
  readonly weights: readonly number[]
  readonly keyed: boolean
  readonly deduped: boolean
  readonly retry: RetrySettings | undefined
  readonly splitOnError: boolean
  readonly rates: readonly RateSettings[]
}

/** What a batch may weigh: by the first weight no more than a rate of it ever lets pass. */
export function maximaOf({ weights, rates }: Settings): number[] {
  const limits = rates.filter(({ of }) => of === 'weight').map(({ limit }) => limit)
  return weights.map((max, index) => (index === 0 ? Math.min(max, ...limits) : max))
}

export function optionsOf(
  settings: Settings,
  shared: Shared,
  clock: ManualClock,
): BatcherOptions<Item> {
  const { weights, keyed, deduped, retry, splitOnError } = settings
  const { maxBatchSize, maxQueueTime, maxQueueSize, overflow, timeout } = settings
  const weight = weights.map((max, index) => ({
    of: (item: Item) => item.weights[index] ?? 0,
    max,
  }))
  return {
    maxBatchSize,
    maxQueueTime,
    concurrency: shared.concurrency(settings.concurrency),
    maxQueueSize,
    overflow,
    timeout,
    weight: weight.length > 0 ? weight : undefined,
    batchKey: keyed ? ({ key }) => key : undefined,
    dedupeKey: deduped ? ({ twin }) => twin : undefined,
    retry: retry === undefined ? undefined : retryOf(retry),
    splitOnError,
    rateLimit: shared.limiters.length > 0 ? shared.limiters : undefined,
    clock,
  }
}

function retryOf({ attempts, minDelay, maxDelay, when }: RetrySettings): BatcherOptions['retry'] {
  const given = { attempts, minDelay, maxDelay }
  switch (when) {
    case 'by default':
      return given
    case 'also after timeouts':
      return { ...given, when: () => true }
    case 'never':
      return { ...given, when: () => false }
    case 'throws':
      return {
        ...given,
        when: () => {
          throw new Error('`when` threw')
        },
      }
  }
}
