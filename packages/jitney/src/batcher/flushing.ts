import { endOfTurn } from '../platform/turn.ts'
import { whenSettled } from './entry.ts'
import { isHeld, requeue } from './holding.ts'
import { placesOf, type State } from './state.ts'
import { cutTurn } from './turns.ts'

/** A call of `flush`. */
export interface Flush {
  readonly turn: number
  /** How often entries had left or come back. */
  readonly moves: number
  /** Kept while it waits: it belongs to the context of whoever called. */
  done: Promise<unknown> | undefined
}

/**
 * Sends all who wait; resolves when exactly those are settled. Many calls in a row, item by item,
 * cost no more than the items.
 */
export async function flush(state: State): Promise<void> {
  const { moves } = state
  // If nothing has left or come back since, all that an unfinished flush waits for is still queued.
  const last = state.flush?.moves === moves ? state.flush : undefined
  const entries = placesOf(state).flatMap((place) => place.since(last?.turn ?? -1))
  if (entries.length === 0) await last?.done
  else {
    const done = Promise.all([last?.done, ...entries.map(whenSettled)])
    const flushed: Flush = { turn: cutTurn(state), moves, done }
    state.flush = flushed
    sendUntil(state, flushed.turn)
    await done
    flushed.done = undefined
  }
  await endOfTurn()
}

/** Sends what came until a turn without waiting for company. */
export function sendUntil(state: State, turn: number): void {
  state.flushedTurn = turn
  if (isHeld(state)) requeue(state, 'lanes')
  state.dispatch(false)
}
