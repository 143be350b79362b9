import type { Permit } from '../concurrency/semaphore.ts'
import { Alarm } from '../platform/alarm.ts'
import type { Within } from '../platform/context.ts'
import { type DepartureReason, nextDeparture, type QueueState } from '../policy/departure.ts'
import type { Entry } from './entry.ts'
import type { Lane } from './lane.ts'
import type { Lanes } from './lanes.ts'
import type { Settings } from './options.ts'
import type { RateLimits } from './rate-limits.ts'
import type { Group, Returns } from './returns.ts'
import type { Run } from './run.ts'
import type { Runs } from './runs.ts'
import { Slots } from './slots.ts'
import type { Turns } from './turns.ts'

/** What waits, what holds it back, and where it goes. */
export interface Station<Item, Result> {
  readonly settings: Settings
  readonly within: Within
  readonly turns: Turns
  readonly lanes: Lanes<Item, Result>
  readonly returns: Returns<Item, Result>
  readonly rates: RateLimits<Item, Result>
  readonly runs: Runs<Item, Result>
}

/** Lets batches leave. The one place where they are formed. */
export class Departures<Item, Result> {
  paused = false
  closing = false
  /** Entries of this turn and of those before leave without waiting for company. */
  flushedTurn = 0
  readonly #station: Station<Item, Result>
  readonly #onLeave: (run: Run<Item, Result>) => void
  readonly #slots: Slots
  /** Rings when the oldest entry has waited for `maxQueueTime`. */
  readonly #window: Alarm
  /** Whether something would leave now, if slots and rates allowed it. */
  #due = false

  /** @param onLeave called when a batch has left, and there may be room. */
  constructor(station: Station<Item, Result>, onLeave: (run: Run<Item, Result>) => void) {
    const dispatch = (): void => {
      this.dispatch(true)
    }
    this.#station = station
    this.#onLeave = onLeave
    this.#slots = new Slots(dispatch)
    this.#window = new Alarm(station.settings.clock, station.within, dispatch)
  }

  /** Whether it is worth a look: for a shared slot, who waits is told. */
  get hasSlot(): boolean {
    const { runs, settings } = this.#station
    return !this.#isHeld && this.#slots.isFree(settings.concurrency, runs.active)
  }

  /**
   * Lets every batch leave that may.
   *
   * @param turnEnded whether the callers of this turn have come.
   */
  dispatch(turnEnded: boolean): void {
    const { returns } = this.#station
    let sent = true
    while (sent) {
      this.#due = false
      const half = returns.half(this.#mayLeave)
      // Nothing passes a half that is held back.
      sent = half === undefined ? this.#sendNext(turnEnded) : this.#sendHalf(half)
    }
    if (this.#due) return
    this.#station.rates.leave()
    this.#slots.leave()
  }

  /** Sends half of a batch that failed, ahead of the queue. */
  #sendHalf(half: Group<Item, Result>): boolean {
    this.#window.clear()
    const permit = this.#permit(half.waiting)
    if (permit === undefined) return false
    this.#leave(this.#station.returns.take(half), 'split', permit)
    return true
  }

  /** Sends the next batch of the queue, or sees to it that it is looked at in time. */
  #sendNext(turnEnded: boolean): boolean {
    const { lanes, settings, turns } = this.#station
    let next = Infinity
    let reserved = 0
    const candidates = this.#isHeld
      ? [lanes.oldestUntil(this.flushedTurn)]
      : [lanes.oldest, lanes.oldestReady]
    for (const lane of candidates) {
      if (lane === undefined) continue
      const { at, afterTurn, reason } = nextDeparture(this.#stateOf(lane, reserved))
      const due = at === -Infinity || (at < Infinity && at <= settings.clock.now())
      if (!due) next = Math.min(next, at)
      else if (turnEnded || !afterTurn) {
        // A window that is over would ring at once, and again and again.
        this.#window.clear()
        return this.#sendFrom(lane, reason)
      } else {
        this.#due = true
        turns.awaitEnd()
        // What was due in an earlier turn is not passed by one that has filled since.
        if (lane.oldest !== undefined && !turns.isCurrent(lane.oldest.arrival)) reserved = 1
      }
    }
    this.#window.set(next)
    return false
  }

  #sendFrom(lane: Lane<Item, Result>, reason: DepartureReason): boolean {
    const { lanes, rates, settings } = this.#station
    // A paused batcher sends what was flushed, and nothing that came later.
    const lastTurn = this.#isHeld ? this.flushedTurn : Infinity
    const first = lane.next(lastTurn)
    const permit = this.#permit(first === undefined ? [] : [first])
    if (permit === undefined) return false
    const limit = rates.maxItems(settings.maxBatchSize)
    this.#leave(lanes.take(lane, limit, rates.maxWeights(lanes.maxima), lastTurn), reason, permit)
    return true
  }

  /** A slot for a batch that begins with these, if there is one and the rates allow it. */
  #permit(first: readonly Entry<Item, Result>[]): Permit | undefined {
    const { rates, runs, settings } = this.#station
    this.#due = true
    return rates.allow(first) ? this.#slots.take(settings.concurrency, runs.active) : undefined
  }

  #leave(entries: Entry<Item, Result>[], reason: DepartureReason, permit: Permit): void {
    const { rates, runs } = this.#station
    rates.take(entries)
    const run = runs.start(entries, reason, permit)
    run.flushedTurn = this.flushedTurn
    this.#onLeave(run)
  }

  /** Whether nothing may leave but what was flushed. */
  get #isHeld(): boolean {
    return this.paused && !this.closing
  }

  readonly #mayLeave = (entry: Entry<Item, Result>): boolean =>
    !this.#isHeld || this.#isFlushed(entry)

  #isFlushed(entry: Entry<Item, Result> | undefined): boolean {
    return entry !== undefined && entry.arrival.turn <= this.flushedTurn
  }

  /** @param reserved slots that others are about to take. */
  #stateOf({ claim, oldest, size }: Lane<Item, Result>, reserved: number): QueueState {
    const { lanes, runs, settings } = this.#station
    const { concurrency, maxQueueTime } = settings
    return {
      queued: size,
      full: claim?.full === true || lanes.room <= 0,
      oldestArrival: oldest?.arrival.time ?? Infinity,
      active: runs.active + reserved,
      // Of slots that others share, there may be one more.
      concurrency: typeof concurrency === 'number' ? concurrency : runs.active + 1,
      maxQueueTime,
      paused: this.paused,
      flushing: this.#isHeld || this.#isFlushed(oldest),
      closing: this.closing,
      retrying: claim?.retrying === true,
    }
  }
}
