import type { LazyAbort } from '../platform/lazy-abort.ts'
import type { Hold } from './place.ts'
import type { Arrival } from './turns.ts'

/**
 * One item on its way, and the caller who waits for it.
 *
 * Small on purpose: it is made for each call. It keeps `resolve` alone, since rejecting through
 * `resolve(Promise.reject(error))` is cheaper than a second closure per item.
 */
export interface Entry<Item, Result> {
  item: Item
  /** Settles the caller's promise; `undefined` once that has happened. */
  resolve: ((result: Result | PromiseLike<Result>) => void) | undefined
  /** When it came; the turn is that in which it came back, if it did. */
  arrival: Arrival
  /** Held while the entry may be taken out: its caller gave a signal, or it is shared. */
  ticket: Hold<Item, Result> | undefined
  /** What only items with a key, a weight, a priority, a second attempt or a reader of it have. */
  details: Details | undefined
}

export interface Details {
  readonly key: unknown
  readonly weights: readonly number[]
  /** `Infinity` once it has been tried. */
  priority: number
  /** Tells entries of one turn apart, where their order is not that of a queue. */
  order: number | undefined
  /** How often it was tried. */
  attempts: number
  /** What the batch function was told of it, if it asked. */
  id: string | undefined
  abortion: LazyAbort | undefined
}

/** The details of an entry, made if it had none. */
export function detailsOf(entry: { details: Details | undefined }): Details {
  entry.details ??= newDetails(undefined, [], 0, undefined)
  return entry.details
}

export function newDetails(
  key: unknown,
  weights: readonly number[],
  priority: number,
  order: number | undefined,
): Details {
  return { key, weights, priority, order, attempts: 0, id: undefined, abortion: undefined }
}

/** How often an entry was tried before. */
export function attemptsOf({ details }: { readonly details: Details | undefined }): number {
  return details?.attempts ?? 0
}

export function weightOf(
  { details }: { readonly details: Details | undefined },
  of: number,
): number {
  return details?.weights[of] ?? 0
}

export function isWaiting({ resolve }: { readonly resolve: unknown }): boolean {
  return resolve !== undefined
}

/** Settles the caller and lets go of the item. Does nothing, and says so, the second time. */
export function settle<Item, Result>(
  entry: Entry<Item, Result>,
  result: Result | PromiseLike<Result>,
): boolean {
  const { resolve, ticket } = entry
  if (resolve === undefined) return false
  entry.resolve = undefined
  entry.item = undefined as Item
  if (ticket !== undefined) {
    entry.ticket = undefined
    ticket.release()
  }
  resolve(result)
  return true
}

const onSettled = new WeakMap<object, (() => void)[]>()

/** Resolves when these entries, and no others, are settled. */
export function whenSettled<Item, Result>(entries: readonly Entry<Item, Result>[]): Promise<void> {
  return new Promise((resolve) => {
    let left = entries.length
    const settled = (): void => {
      left -= 1
      if (left === 0) resolve()
    }
    for (const entry of entries) {
      const listeners = onSettled.get(entry)
      if (listeners === undefined) wrap(entry, settled)
      else listeners.push(settled)
    }
  })
}

/** Wraps `resolve`, so that only what is flushed pays for it and not the record of every item. */
function wrap<Item, Result>(entry: Entry<Item, Result>, listener: () => void): void {
  const { resolve } = entry
  const listeners = [listener]
  onSettled.set(entry, listeners)
  entry.resolve = (result) => {
    resolve?.(result)
    for (const settled of listeners) settled()
  }
}
