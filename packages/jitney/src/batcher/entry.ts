import type { Ticket } from './caller-signals.ts'
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
  readonly arrival: Arrival
  /** Held while the caller's signal is listened to. */
  ticket: Ticket<Item, Result> | undefined
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
  if (entries.length === 0) return Promise.resolve()
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
