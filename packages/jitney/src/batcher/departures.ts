import { type DepartureReason, nextDeparture, type QueueState } from '../policy/departure.ts'
import { advance, roomLeft } from './admission.ts'
import type { Entry } from './entry.ts'
import type { Group } from './group.ts'
import { isFlushed, isHeld } from './holding.ts'
import type { Lane } from './lane.ts'
import { start } from './launch.ts'
import { allowanceOf, leaveLine, permitFor, takeAllowance } from './sharing.ts'
import type { State } from './state.ts'
import { awaitTurnEnd } from './turns.ts'

/**
 * Lets every batch leave that may. The one place where batches are formed.
 *
 * @param turnEnded whether the callers of this turn have come.
 */
export function dispatch(state: State, turnEnded: boolean): void {
  let sent = true
  while (sent) {
    state.due = false
    const half = nextHalf(state)
    // Nothing passes a half that is held back.
    sent = half === undefined ? sendNext(state, turnEnded) : sendHalf(state, half)
  }
  if (!state.due) leaveLine(state)
}

function nextHalf(state: State): Group | undefined {
  for (const half of state.halves) {
    if (!isHeld(state) || half.since(-1).some((entry) => isFlushed(state, entry))) return half
  }
  return undefined
}

/** Sends half of a batch that failed, ahead of the queue. */
function sendHalf(state: State, half: Group): boolean {
  state.window.clear()
  return send(state, 'split', half.since(-1), () => half.leave())
}

/** Sends the next batch of the queue, or sees to it that it is looked at in time. */
function sendNext(state: State, turnEnded: boolean): boolean {
  const { settings, window } = state
  const lanes = isHeld(state) ? state.apart : state.lanes
  let next = Infinity
  let reserved = 0
  for (const lane of [lanes.all.first, lanes.ready.first]) {
    if (lane === undefined) continue
    const { at, afterTurn, reason } = nextDeparture(queueState(state, lane, reserved))
    const isDue = at === -Infinity || (at < Infinity && at <= settings.clock.now())
    if (!isDue) next = Math.min(next, at)
    else if (turnEnded || !afterTurn) {
      // A window that is over would ring at once, and again and again.
      window.clear()
      return send(state, reason, lane.queue.first ? [lane.queue.first] : [], () => {
        const limit = Math.min(settings.maxBatchSize, Math.floor(allowanceOf(state, 'items')))
        return lanes.take(lane, limit, allowanceOf(state, 'weight'))
      })
    } else {
      state.due = true
      awaitTurnEnd(state)
      // What was due in an earlier turn is not passed by one that has filled since.
      if (lane.oldest?.arrival !== state.arrival) reserved = 1
    }
  }
  window.set(next)
  return false
}

/** @param first what the batch has to hold at least. */
function send(
  state: State,
  reason: DepartureReason,
  first: readonly Entry[],
  take: () => readonly Entry[],
): boolean {
  state.due = true
  const permit = permitFor(state, first)
  if (permit === undefined) return false
  const entries = take()
  takeAllowance(state, entries)
  start(state, entries, reason, permit)
  advance(state)
  return true
}

/** @param reserved slots that others are about to take. */
function queueState(state: State, lane: Lane, reserved: number): QueueState {
  const { settings, runs, paused, phase } = state
  const { concurrency, maxQueueTime } = settings
  const { oldest, queue } = lane
  const active = runs.size + reserved
  return {
    queued: queue.size,
    full: lane.full || roomLeft(state) <= 0,
    oldestArrival: oldest?.arrival.time ?? Infinity,
    active,
    // Of slots that others share, there may be one more.
    concurrency: typeof concurrency === 'number' ? concurrency : active + 1,
    maxQueueTime,
    paused,
    flushing: isHeld(state) || (oldest !== undefined && isFlushed(state, oldest)),
    closing: phase !== 'open',
    retrying: queue.first?.attempts !== undefined,
  }
}
