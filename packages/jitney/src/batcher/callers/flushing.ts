import { endOfTurn } from '../../platform/turn.ts'
import type { Entry } from '../entry.ts'
import { placesOf, type State } from '../state.ts'

/**
 * Sends all who wait; resolves when exactly those are settled. Many calls in a row, item by item,
 * cost no more promises than there are items.
 */
export async function flush(state: State): Promise<void> {
  const flushed = (state.lastFlush = allSettled(state))
  sendQueued(state)
  await flushed
  // It belongs to the context of whoever called.
  if (state.lastFlush === flushed) state.lastFlush = undefined
  await endOfTurn()
}

/** Sends what is queued now without waiting for company. */
export function sendQueued(state: State): void {
  state.flushed = state.order
  state.proceed()
}

/** Resolves when all are settled who wait now. */
function allSettled(state: State): Promise<unknown> {
  const last = state.lastFlush
  const entries = placesOf(state).flatMap(({ everyone: all }) => all)
  // If nothing has left or come back since the last flush, that waits for those who were there.
  const others = last ? entries.filter(({ settled }) => !settled) : entries
  return Promise.all([last, ...others.map(whenSettled)])
}

/** Resolves when the entry is settled. Only what is flushed pays for it, and not every record. */
function whenSettled(entry: Entry): Promise<void> {
  return (entry.settled ??= new Promise((settled) => {
    const { answer: resolve } = entry
    entry.answer = (result) => {
      resolve!(result)
      settled()
    }
  }))
}
