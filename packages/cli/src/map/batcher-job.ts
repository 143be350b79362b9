import { Batcher, BatchError, type BatcherOptions, BatchTimeoutError } from 'jitney'
import { StartError } from '../errors.ts'
import type { BatchDefinition } from '../module/define-batch.ts'
import type { Item } from './item.ts'
import { ItemError } from './item-error.ts'
import type { Job, Result } from './job.ts'
import { jsonOf } from './result-of-text.ts'

/** Hands items to a `Batcher`: for a module that says with `defineBatch` how it wants its batches. */
export class BatcherJob implements Job {
  readonly #batcher: Batcher<unknown, unknown>
  readonly #maxResultSize: number

  /** @param overrides options that were given on the command line. */
  constructor(
    file: string,
    { batchFunction, options }: BatchDefinition,
    overrides: BatcherOptions,
    maxResultSize: number,
  ) {
    this.#maxResultSize = maxResultSize
    try {
      this.#batcher = new Batcher(batchFunction as () => unknown[], { ...options, ...overrides })
    } catch (error) {
      throw new StartError(`Cannot map with ${file}: ${(error as Error).message}`, { cause: error })
    }
  }

  /** Items that may be handed over at once: what runs, and a batch to follow. */
  get room(): number {
    const { maxBatchSize, concurrency } = this.#batcher
    const slots = typeof concurrency === 'number' ? concurrency : concurrency.capacity
    return Math.min(10_000, maxBatchSize * (slots + 1))
  }

  async call([item]: readonly Item[]): Promise<readonly Result[]> {
    const value = await this.#batcher.process(item!.value).catch(fail)
    return [jsonOf(value, this.#maxResultSize)]
  }

  abort(): void {
    this.#batcher.abort()
  }
}

/** The batch's own error, which its callers share, says more than that the batch failed. */
function fail(error: unknown): never {
  if (error instanceof BatchTimeoutError) {
    throw new ItemError(error.code, error.message, { cause: error, isRetryable: true })
  }
  const isShared = error instanceof BatchError && error.cause instanceof Error
  throw (isShared ? error.cause : error) as Error
}
