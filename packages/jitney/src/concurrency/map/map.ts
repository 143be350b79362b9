import type { MapFunction, MapOptions, Source } from './map-settings.ts'
import { pullLoop } from './pull-loop.ts'

/**
 * Calls a function for each item of a source, so many at a time, and gathers the results in input
 * order.
 *
 * - The source is pulled as there is room, never ahead of that, and one item at a time: a generator
 *   of a million items costs the memory of `concurrency` of them, and their results.
 * - The first error stops everything: nothing more is pulled, the source is closed, the signals of
 *   what is in flight abort, and it rejects when that has ended. The same goes for an abort.
 * - It rejects with the abort's reason if that came first, else with the source's error, else with
 *   the item's; several are one `AggregateError`, in input order. What only says that a signal
 *   aborted is no error: that signal's reason, or an `AbortError`.
 * - An item that is a promise is awaited first, and its rejection is that item's error. Promises in
 *   an array are never reported as unhandled.
 *
 * @param source any iterable or async iterable.
 * @param fn what to call: with the item, its index, and a `signal`.
 * @returns the results. Rejects with a TypeError or RangeError for wrong arguments.
 *
 * @example
 * ```ts
 * import { map } from 'jitney'
 *
 * async function fetchSize(path: string, index: number, { signal }: { signal: AbortSignal }) {
 *   signal.throwIfAborted()
 *   return path.length
 * }
 * await map(['/a', '/bb', '/ccc'], fetchSize, { concurrency: 2 }) // => [2, 3, 4]
 * ```
 */
export function map<Item, Result>(
  source: Source<Item>,
  fn: MapFunction<Item, Result>,
  options?: MapOptions,
): Promise<Result[]> {
  return gather('call map', source, fn, options)
}

/**
 * Like `map`, but an item's error is its result and stops nothing: what `Promise.allSettled` is to
 * `Promise.all`.
 *
 * @returns an outcome for each item, in input order. Rejects with the reason of an abort or with the
 *   source's error, whichever came first, when what was in flight has ended; with a TypeError or
 *   RangeError for wrong arguments.
 *
 * @example
 * ```ts
 * import { mapSettled } from 'jitney'
 *
 * const outcomes = await mapSettled(['1', 'x'], async (text) => BigInt(text), { concurrency: 2 })
 * outcomes.map(({ status }) => status) // => ['fulfilled', 'rejected']
 * ```
 */
export function mapSettled<Item, Result>(
  source: Source<Item>,
  fn: MapFunction<Item, Result>,
  options?: MapOptions,
): Promise<PromiseSettledResult<Result>[]> {
  return gather('call mapSettled', source, fn, options, true)
}

function gather<Item, Result, Kept>(
  action: string,
  source: Source<Item>,
  fn: MapFunction<Item, Result>,
  options: MapOptions | undefined,
  isSettled?: boolean,
): Promise<Kept[]> {
  return new Promise((resolve, reject) => {
    const results: Kept[] = []
    pullLoop(
      action,
      source,
      fn,
      options,
      false,
      // At once: an array that is filled out of order is slow.
      () => results.push(undefined as Kept) - 1,
      (index, kept) => {
        results[index] = kept
      },
      (failure) => {
        // What is rejected stays so.
        failure.forEach(reject)
        resolve(results)
      },
      isSettled,
    ).pull()
  })
}
