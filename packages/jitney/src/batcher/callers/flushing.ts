import { endOfTurn } from '../../platform/turn.ts'
import type { Entry } from '../entry.ts'
import { placesOf, type State } from '../state.ts'

/** A call of `flush`. */
export interface Flush {
  /** How many entries had come. */
  readonly order: number
  /** Kept while it waits: it belongs to the context of whoever called. */
  done: Promise<unknown> | undefined
}

/**
 * Sends all who wait; resolves when exactly those are settled. Many calls in a row, item by item,
 * cost no more than the items.
 */
export async function flush(state: State): Promise<void> {
  // If nothing has left or come back since, all that an unfinished flush waits for is still queued.
  const last = state.flush
  const entries = placesOf(state).flatMap((place) => place.since(last?.order ?? 0))
  const flushed: Flush = {
    order: state.order,
    done: Promise.all([last?.done, ...entries.map(whenSettled)]),
  }
  state.flush = flushed
  sendQueued(state)
  await flushed.done
  flushed.done = undefined
  await endOfTurn()
}

/** Sends what is queued now without waiting for company. */
export function sendQueued(state: State): void {
  state.flushed = state.order
  state.dispatch(false)
}

/** Resolves when the entry is settled. Only what is flushed pays for it, and not every record. */
function whenSettled(entry: Entry): Promise<void> {
  return (entry.settled ??= new Promise((settled) => {
    const { resolve } = entry
    entry.resolve = (result) => {
      resolve?.(result)
      settled()
    }
  }))
}
