import { atEndOfTurn } from '../../platform/turn.ts'
import type { State } from '../state.ts'

/** A turn in which items came: they share it, so that time is read once per turn and not per item. */
export interface Arrival {
  /** When the turn began, in milliseconds on the batcher's clock. */
  readonly time: number
}

/** The turn of an item that comes now. */
export function arrivalOf(state: State): Arrival {
  if (!state.arrival) {
    state.arrival = { time: state.settings.clock.now() }
    awaitTurnEnd(state)
  }
  return state.arrival
}

/** Has batches leave at the end of this turn, when all its callers have come. */
export function awaitTurnEnd(state: State): void {
  if (state.turnEnds) return
  state.turnEnds = true
  atEndOfTurn(() => {
    state.turnEnds = false
    state.arrival = undefined
    state.dispatch(true)
  })
}
