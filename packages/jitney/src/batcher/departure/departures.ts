import { type DepartureReason, nextDeparture } from '../../policy/departure.ts'
import { advance, roomLeft } from '../queue/admission.ts'
import type { Entry } from '../entry.ts'
import { start } from '../run/launch.ts'
import { amountOf, leaveLine, permitFor, slotsOf } from './sharing.ts'
import type { State } from '../state.ts'
import { arrivalOf } from './turns.ts'

/**
 * Lets every batch leave that may. The one place where batches are formed.
 *
 * @param turnEnded whether the callers of this turn have come.
 */
export function dispatch(state: State, turnEnded?: boolean): void {
  let sent
  do sent = sendNext(state, turnEnded)
  while (sent)
  if (sent === undefined) leaveLine(state)
}

/**
 * Sends the next batch, or sees to it that it is looked at in time. `undefined` if none would leave
 * now, whatever slots and rates allowed.
 */
function sendNext(state: State, turnEnded?: boolean): boolean | undefined {
  const { flushed, lanes, paused, phase, settings } = state
  lanes.last = paused && phase === 'open' ? flushed : Infinity
  for (const half of state.halves) {
    // Ahead of the queue; and nothing passes one that has to wait.
    if (half.everyone.some(({ order }) => order <= lanes.last))
      return send(state, 'split', half.everyone, () => half.leave())
  }
  let next = Infinity
  let active = state.runs.size
  let sent: false | undefined
  for (const ages of [lanes.byAge, lanes.ready]) {
    const lane = active < slotsOf(state) ? ages.eldest : undefined
    if (!lane) continue
    const { oldest } = lane
    if (oldest.order > lanes.last) continue
    const { at, reason } = nextDeparture({
      full: lanes.last === Infinity && (lane.filled || roomLeft(state) <= 0),
      asked:
        phase === 'open'
          ? oldest.order <= flushed
            ? 'flush'
            : lane.returned
              ? 'retry'
              : undefined
          : 'close',
      oldestArrival: oldest.arrival.time,
      maxQueueTime: settings.maxQueueTime,
      active,
      paced: state.left + state.pacer.next(lane.amount, active, slotsOf(state)),
    })
    // What has come is over: time is read for a window that runs, and for nothing else.
    const isDue = at <= oldest.arrival.time || (at < Infinity && at <= settings.clock.now())
    if (!isDue) next = Math.min(next, at)
    else if (turnEnded || at === -Infinity)
      return send(state, reason, [lane.front as Entry], () => lanes.take(lane))
    else {
      sent = false
      // What was due in an earlier turn is not passed by one that has filled since.
      if (oldest.arrival !== arrivalOf(state)) active += 1
    }
  }
  state.window(next)
  return sent
}

/** @param first what the batch has to hold at least. */
function send(
  state: State,
  reason: DepartureReason,
  first: readonly Entry[],
  take: () => Entry[],
): boolean {
  // One that is over would ring at once, and again and again.
  state.window(Infinity)
  const permit = permitFor(state, first)
  if (permit) {
    const entries = take()
    for (const rate of state.settings.rateLimit) rate.tryTake(amountOf(entries, rate))
    state.passes -= 1
    start(state, entries, reason, permit)
    advance(state)
  }
  return Boolean(permit)
}
