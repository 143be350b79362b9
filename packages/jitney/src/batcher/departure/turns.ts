import { atEndOfTurn } from '../../platform/turn.ts'
import type { State } from '../state.ts'

/** A turn in which items came: they share it, so that time is read once per turn and not per item. */
export interface Arrival {
  /** When the turn began, in milliseconds on the batcher's clock. */
  readonly time: number
}

/** This turn. When all its callers have come, batches may leave. */
export function arrivalOf(state: State): Arrival {
  if (!state.arrival) {
    state.arrival = { time: state.settings.clock.now() }
    atEndOfTurn(() => {
      state.arrival = undefined
      state.proceed(true)
    })
  }
  return state.arrival
}
