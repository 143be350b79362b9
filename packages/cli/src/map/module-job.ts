import { show } from '../arguments/show.ts'
import type { Item } from './item.ts'
import { ItemError } from './item-error.ts'
import type { Job, Result } from './job.ts'
import { Places } from './places.ts'
import { jsonOf } from './result-of-text.ts'
import { thrownError } from './thrown-error.ts'

/** What a module's function is told beside its item, or its items. */
export interface MapContext {
  /** The place of the item, or of the first of the batch, in the input, from 0. */
  readonly index: number
  /** Aborts when the time is up, or the command stops at once. */
  readonly signal: AbortSignal
}

/** What a module exports: takes an item, or an array of them. */
export type MapFunction = (input: unknown, context: MapContext) => unknown

export interface ModuleJobOptions {
  readonly fn: MapFunction
  readonly isBatched: boolean
  readonly concurrency: number
  readonly maxResultSize: number
}

/** Calls a module's function with each item, or with each batch. */
export class ModuleJob implements Job {
  readonly #options: ModuleJobOptions
  readonly #places: Places

  constructor(options: ModuleJobOptions) {
    this.#options = options
    this.#places = new Places(options.concurrency)
  }

  async call(
    items: readonly Item[],
    signal: AbortSignal = new AbortController().signal,
  ): Promise<readonly Result[]> {
    const { fn, isBatched, maxResultSize } = this.#options
    const context: MapContext = { index: items[0]!.index, signal }
    if (!isBatched) {
      const value = await this.#places.run(() => fn(items[0]!.value, context), signal)
      return [jsonOf(value, maxResultSize)]
    }
    const given = items.map(({ value }) => value)
    const results = await this.#places.run(() => settled(fn(given, context)), signal)
    if (!Array.isArray(results) || results.length !== items.length) {
      const received = Array.isArray(results) ? `${results.length}` : show(results)
      throw new ItemError(
        'JITNEY_WRONG_RESULT',
        `Expected an array of ${items.length} results, received ${received}`,
      )
    }
    return results.map((result) => readResult(result, maxResultSize))
  }

  abort(): void {
    // The signals have aborted; JavaScript stops no function.
  }
}

/** What a function returned; of an array, how each result ended, which may be a promise or a hole. */
async function settled(returned: unknown): Promise<unknown> {
  const results = await returned
  return Array.isArray(results) ? Promise.allSettled(results) : results
}

/** An `Error`, and a promise that rejects, fail their item alone. */
function readResult(result: PromiseSettledResult<unknown>, maxResultSize: number): Result {
  if (result.status === 'rejected') return thrownError(result.reason)
  if (result.value instanceof Error) return thrownError(result.value)
  try {
    return jsonOf(result.value, maxResultSize)
  } catch (error) {
    return error as ItemError
  }
}
