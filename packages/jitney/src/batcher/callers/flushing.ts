import { endOfTurn } from '../../platform/turn.ts'
import { whenSettled } from '../entry.ts'
import { isHeld, requeue } from '../queue/holding.ts'
import { placesOf, type State } from '../state.ts'

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
  // If nothing has left or come back since, all that an unfinished flush waits for is still queued.
  const last = state.flush?.moves === state.moves ? state.flush : undefined
  const entries = placesOf(state).flatMap((place) => place.since(last?.turn ?? -1))
  const flushed: Flush = {
    turn: state.turn,
    moves: state.moves,
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
  // Who comes from now on was not there.
  state.arrival = undefined
  state.flushedTurn = state.turn
  if (isHeld(state)) requeue(state, 'lanes')
  state.dispatch(false)
}
