import type { DepartureReason } from 'jitney'

import type { Answer, ItemOutcome } from './answer.ts'
import type { Endings } from './endings.ts'
import { type Entry, isAwaited } from './entry.ts'
import type { Places } from './places.ts'
import type { Rate } from './rate.ts'
import { delayAfter, type Failure, isRetried, isSplittable, mostRequests } from './recovery.ts'
import { hasCallers, newRun, type OpenOutcome, type Run } from './run.ts'
import type { Settings } from './settings.ts'

/** What batches act on. */
interface World {
  readonly settings: Settings
  readonly places: Places
  readonly rates: readonly Rate[]
  readonly endings: Endings
  readonly now: number
  readonly state: 'open' | 'closing' | 'closed'
}

/** The batches that have left, and what becomes of their items. */
export class Batches {
  /** Those that hold a slot. */
  running: Run[] = []
  /** Those whose function was called, in that order. */
  readonly calls: Run[] = []
  items = 0
  totalDuration = 0
  readonly #world: World
  readonly #answerAtOnce: (call: number) => Answer | undefined
  /** What follows in promise jobs, in their order. */
  readonly #jobs: (() => void)[] = []

  constructor(world: World, answerAtOnce: (call: number) => Answer | undefined) {
    this.#world = world
    this.#answerAtOnce = answerAtOnce
  }

  leave(entries: readonly Entry[], reasons: readonly DepartureReason[], hasPermit: boolean): void {
    const run = newRun(entries, reasons, hasPermit)
    this.running.push(run)
    this.#jobs.push(() => {
      this.#launch(run)
    })
  }

  /** The batch function of this run comes to an end. */
  end(run: Run, answer: Answer): void {
    run.answer = answer
    this.#jobs.push(() => {
      this.#handOut(run, answer)
    })
  }

  /** An outcome that was open comes to an end. */
  endOutcome(run: Run, outcome: OpenOutcome, came: ItemOutcome): void {
    outcome.hasEnded = true
    this.#jobs.push(() => {
      run.open = run.open.filter((other) => other !== outcome)
      this.#deliver(run, [[outcome.entry, came]])
      this.#finish(run)
    })
  }

  /** Lets one job run, if there is any. */
  step(): boolean {
    const job = this.#jobs.shift()
    job?.()
    return job !== undefined
  }

  timeOut(run: Run): void {
    const { retry } = this.#world.settings
    for (const entry of run.entries) {
      if (isRetried(entry, 'timeout', retry)) continue
      this.#world.endings.endAll(entry, { error: 'BatchTimeoutError', started: true })
    }
    run.timedOut = true
    run.signalAborted = true
  }

  /** Batch functions for which nobody waits any more are told so. */
  abandon(): void {
    for (const run of this.running) run.signalAborted ||= !hasCallers(run)
  }

  #launch(run: Run): void {
    run.entries = run.entries.filter(isAwaited)
    if (run.entries.length === 0) {
      this.running = this.running.filter((other) => other !== run)
      return
    }
    for (const entry of run.entries) entry.attempts += 1
    run.given = run.entries
    run.attempts = run.entries.map(({ attempts }) => attempts)
    run.state = 'running'
    run.start = this.#world.now
    const answer = this.#answerAtOnce(this.calls.length)
    run.answer = answer
    this.calls.push(run)
    this.items += run.entries.length
    if (answer?.thrown === true) this.#handOut(run, answer)
    else if (answer !== undefined) this.end(run, answer)
  }

  #handOut(run: Run, { thrown, returned, expected }: Answer): void {
    run.state = 'returned'
    if (thrown) this.#fail(run, run.timedOut ? 'timeout' : { thrown: returned })
    else
      this.#deliver(
        run,
        run.given.map((entry, index) => [entry, expected[index] as ItemOutcome]),
      )
    this.#finish(run)
  }

  #fail(run: Run, failure: Failure): void {
    const { settings, places, endings } = this.#world
    const awaited = run.entries.filter(isAwaited)
    const retried = awaited.filter((entry) => isRetried(entry, failure, settings.retry))
    const spent = awaited.filter((entry) => !retried.includes(entry))
    this.#rest(run, retried, 0)
    if (settings.splitOnError && isSplittable(failure) && run.given.length > 1) {
      run.entries = []
      places.split(spent)
    } else {
      const cause = failure === 'timeout' ? undefined : failure.thrown
      for (const entry of spent) endings.endAll(entry, { error: 'BatchError', cause })
    }
  }

  #deliver(run: Run, outcomes: readonly (readonly [Entry, ItemOutcome])[]): void {
    const { settings, rates, endings, now } = this.#world
    const most = mostRequests(settings)
    const again: Entry[] = []
    let longest = 0
    for (const [entry, came] of outcomes) {
      if ('later' in came) run.open.push({ entry, later: came.later, hasEnded: false })
      else if (!('retryAfter' in came)) {
        if (isAwaited(entry)) endings.endAll(entry, came)
      } else {
        // Whoever called, the next batch would meet the same.
        for (const rate of rates) rate.penalize(came.retryAfter, now)
        if (!isAwaited(entry)) continue
        longest = Math.max(longest, came.retryAfter)
        if (entry.attempts < most) again.push(entry)
        else endings.endAll(entry, { error: 'BatchError', says: `not done after ${most} attempts` })
      }
    }
    this.#rest(run, again, longest)
  }

  /** Items wait together for another attempt, without their batch. */
  #rest(run: Run, entries: readonly Entry[], after: number): void {
    const { settings, places, now, state } = this.#world
    const attempts = Math.max(...entries.map((entry) => entry.attempts))
    const delay = state === 'open' ? Math.max(after, delayAfter(attempts, settings)) : 0
    run.entries = run.entries.filter((entry) => !entries.includes(entry))
    for (const entry of entries) entry.due = now + delay
    places.resting.push(...entries)
  }

  #finish(run: Run): void {
    if (run.open.length > 0) return
    this.running = this.running.filter((other) => other !== run)
    this.totalDuration += this.#world.now - run.start
    // Promises of one turn settle one after the other: that of a caller who left may be the last.
    const someLeft = run.given.some((entry) => entry.callers.some(({ left }) => left))
    const someRest = run.given.length > run.entries.length
    if (run.answer?.hasPromises === true && (someLeft || someRest)) run.signalAborted ||= undefined
  }
}
