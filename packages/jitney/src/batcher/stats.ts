import { queuedIn, type State } from './state.ts'

/** What a batcher does and did: a frozen plain object of counts and milliseconds. */
export interface BatcherStats {
  /** The batcher's name, if it has one. */
  readonly name?: string | undefined
  readonly state: 'open' | 'closing' | 'closed'
  /** Items that wait in the queue or for another attempt. */
  readonly queued: number
  /** Callers who wait for room in the queue (`overflow: 'wait'`). */
  readonly waiting: number
  /** Batches that hold a slot, also those that were cut in this turn and are about to be called. */
  readonly active: number
  /** Those among them for which nobody waits any more, but whose function still runs. */
  readonly abandoned: number
  /** How long ago the oldest item in the queue came, in milliseconds; 0 if there is none. */
  readonly oldestAge: number
  /** Batches whose function was called so far, also for another attempt or a half. */
  readonly batches: number
  /** Items in them: one that was sent twice counts twice, one that callers share once. */
  readonly items: number
  /** How long the ended ones among them took together, in milliseconds. */
  readonly totalDuration: number
  /** Callers who got a result. */
  readonly fulfilled: number
  /** Callers who got an error of the item, the batch, a timeout or `abort`. */
  readonly rejected: number
  /** Callers who left by their own signal. */
  readonly aborted: number
  /** Calls that met the queue's bound or a closed batcher. */
  readonly refused: number
}

export function statsOf(state: State): BatcherStats {
  const now = state.settings.clock.now()
  return Object.freeze({
    name: state.settings.name,
    state: state.phase,
    queued: queuedIn(state),
    waiting: state.room.size,
    active: state.runs.size,
    abandoned: [...state.runs].filter(({ abandoned }) => abandoned).length,
    oldestAge: now - (state.lanes.next[0]?.queue.oldest?.arrival.time ?? now),
    batches: state.batches,
    items: state.items,
    totalDuration: state.totalDuration,
    fulfilled: state.fulfilled,
    rejected: state.rejected,
    aborted: state.aborted,
    refused: state.refused,
  })
}
