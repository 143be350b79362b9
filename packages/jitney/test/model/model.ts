import type { BatcherStats, DepartureReason } from 'jitney'

import type { Answer, Later } from './answer.ts'
import { DomCause, type Expectation } from './expectation.ts'

export interface Settings {
  maxBatchSize: number
  maxQueueTime: number | 'adaptive'
  concurrency: number
  maxQueueSize: number
  overflow: 'reject' | 'wait'
  timeout: number
}

/** One call of `process`. Items are numbered in the order of the calls. */
export interface Caller {
  readonly item: number
  readonly signal: AbortSignal | undefined
  readonly arrival: number
  /** Whether it was there when `flush` was called. */
  flushed: boolean
  /** `undefined` while it waits. */
  ending: Expectation | undefined
  /** Whether it went by its own signal. */
  left: boolean
}

export interface Run {
  readonly reason: DepartureReason
  /** Those it was cut with, and from its start those whose items it was given. */
  callers: Caller[]
  state: 'cut' | 'running' | 'returned'
  /** When the batch function was called. */
  start: number
  /** What the function came to, once it did. */
  answer: Answer | undefined
  /** Outcomes that are promises and did not settle. */
  open: OpenOutcome[]
  /** `undefined`: either is right. */
  signalAborted: boolean | undefined
}

interface OpenOutcome {
  readonly caller: Caller
  readonly later: Later
  /** What it came to, once it did. */
  ending: Expectation | undefined
}

/** Calls of `flush`, `onIdle` or `close`: whether they have to have resolved. */
export interface Wait {
  readonly until: () => boolean
  done: boolean
}

/**
 * What a `Batcher` promises, as plainly as it can be said: queues are arrays that are searched, and
 * a turn is played to its end before anybody looks.
 *
 * Actions (`process` to `endOutcome`) happen within a turn, `endTurn` and `advance` let it end.
 */
export class Model {
  readonly settings: Settings
  now = 0
  state: 'open' | 'closing' | 'closed' = 'open'
  paused = false
  deadline = Infinity
  readonly callers: Caller[] = []
  queue: Caller[] = []
  /** Those who wait for room in the queue. */
  room: Caller[] = []
  /** Batches that hold a slot. */
  runs: Run[] = []
  /** Batches whose function was called, in that order. */
  readonly calls: Run[] = []
  readonly waits: Wait[] = []
  readonly counts = { fulfilled: 0, rejected: 0, aborted: 0, refused: 0 }
  items = 0
  totalDuration = 0
  readonly #answerAtOnce: (call: number) => Answer | undefined

  /** @param answerAtOnce what the batch function came to when it was called, if it did not wait. */
  constructor(settings: Settings, answerAtOnce: (call: number) => Answer | undefined) {
    this.settings = { ...settings }
    this.#answerAtOnce = answerAtOnce
  }

  process(signal: AbortSignal | undefined): void {
    const { maxQueueSize, overflow } = this.settings
    const item = this.callers.length
    const caller: Caller = {
      item,
      signal,
      arrival: this.now,
      flushed: false,
      ending: undefined,
      left: false,
    }
    this.callers.push(caller)
    if (signal?.aborted === true) caller.ending = { reason: signal.reason as unknown }
    else if (this.state !== 'open') this.#end(caller, 'refused', { error: 'BatcherClosedError' })
    else if (this.queue.length < maxQueueSize) this.queue.push(caller)
    else if (overflow === 'wait') this.room.push(caller)
    else this.#end(caller, 'refused', { error: 'QueueFullError' })
    this.#changed()
  }

  abortCallers(signal: AbortSignal): void {
    for (const caller of this.callers) {
      if (caller.signal !== signal || caller.ending !== undefined) continue
      caller.left = true
      this.#end(caller, 'aborted', { reason: signal.reason as unknown })
    }
    this.#abandon()
    this.#changed()
  }

  flush(): void {
    const callers = [...this.queue, ...this.room]
    for (const caller of callers) caller.flushed = true
    this.#wait(() => callers.every(({ ending }) => ending !== undefined))
    this.#changed()
  }

  onIdle(): void {
    this.#wait(() => this.isIdle)
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
    this.#changed()
  }

  set<Name extends 'maxBatchSize' | 'maxQueueTime' | 'concurrency'>(
    name: Name,
    value: Settings[Name],
  ): void {
    this.settings[name] = value
    this.#changed()
  }

  close(timeout: number): void {
    if (this.state === 'open') this.state = 'closing'
    this.deadline = Math.min(this.deadline, this.now + timeout)
    this.#wait(() => this.state === 'closed')
    this.#changed()
  }

  abort(cause: unknown): void {
    for (const caller of this.callers) {
      const started = this.runs.some((run) => run.state !== 'cut' && run.callers.includes(caller))
      this.#end(caller, 'rejected', { error: 'BatchAbortedError', cause, started })
    }
    this.#abandon()
    this.state = 'closed'
    this.#changed()
  }

  /** The batch function of this run comes to an end. */
  end(run: Run, ended: Answer): void {
    run.answer = ended
  }

  /** An outcome that was open comes to an end. */
  endOutcome(outcome: OpenOutcome, ending: Expectation): void {
    outcome.ending = ending
  }

  /** Plays the turn, and those it leads to, to the end. */
  endTurn(): void {
    let departed: boolean
    do {
      while (this.#step()) this.#changed()
      departed = false
      while (this.#depart(true)) departed = true
    } while (departed)
    this.#abandon()
  }

  /** Lets time pass. Timers of one moment lead to the same, whatever their order. */
  advance(duration: number): void {
    const end = this.now + duration
    this.endTurn()
    for (let next = this.timers[0]; next !== undefined && next.at <= end; next = this.timers[0]) {
      this.now = next.at
      next.ring()
      this.endTurn()
    }
    this.now = end
  }

  /** The timers that have to run, soonest first. */
  get timers(): { at: number; ring: () => void }[] {
    const timers = this.runs
      .filter((run) => run.state !== 'cut' && isAwaited(run))
      .map((run) => ({
        at: run.start + this.settings.timeout,
        ring: () => {
          this.#timeOut(run)
        },
      }))
    const departure = this.#departure()
    if (departure !== undefined) timers.push({ at: departure.at, ring: () => {} })
    const close = (): void => {
      this.abort(new DomCause('TimeoutError'))
    }
    if (this.state === 'closing') timers.push({ at: this.deadline, ring: close })
    return timers.filter(({ at }) => at < Infinity).sort((one, other) => one.at - other.at)
  }

  get isIdle(): boolean {
    return this.queue.length === 0 && this.room.length === 0 && this.runs.length === 0
  }

  get stats(): BatcherStats {
    return {
      state: this.state,
      queued: this.queue.length,
      waiting: this.room.length,
      active: this.runs.length,
      abandoned: this.runs.filter((run) => !isAwaited(run)).length,
      oldestAge: this.now - (this.queue[0]?.arrival ?? this.now),
      batches: this.calls.length,
      items: this.items,
      totalDuration: this.totalDuration,
      ...this.counts,
    }
  }

  /** What follows at once from any change. */
  #changed(): void {
    const waiting = (caller: Caller): boolean => caller.ending === undefined
    this.queue = this.queue.filter(waiting)
    this.room = this.room.filter(waiting)
    this.#admit()
    while (this.#depart(false));
    if (this.state !== 'open' && this.callers.every(({ ending }) => ending !== undefined)) {
      this.state = 'closed'
    }
    for (const wait of this.waits) wait.done ||= wait.until()
  }

  #admit(): void {
    this.queue.push(...this.room.splice(0, this.settings.maxQueueSize - this.queue.length))
  }

  /** When the next batch may leave, if ever, and whether it lets the turn end first. */
  #departure(): { at: number; reason: DepartureReason; afterTurn: boolean } | undefined {
    const { maxBatchSize, maxQueueSize, maxQueueTime, concurrency } = this.settings
    const [oldest] = this.queue
    if (oldest === undefined || this.runs.length >= concurrency) return undefined
    const at = this.now
    const isFull = this.queue.length >= Math.min(maxBatchSize, maxQueueSize)
    if (isFull && !this.paused) return { at, reason: 'size', afterTurn: false }
    if (this.state !== 'open') return { at, reason: 'close', afterTurn: false }
    if (oldest.flushed) return { at, reason: 'flush', afterTurn: false }
    if (this.paused) return undefined
    if (maxQueueTime === 'adaptive') {
      return { at, reason: this.runs.length === 0 ? 'idle' : 'slot', afterTurn: true }
    }
    return { at: oldest.arrival + maxQueueTime, reason: 'time', afterTurn: true }
  }

  /** Cuts a batch if one may leave now. */
  #depart(turnEnded: boolean): boolean {
    const departure = this.#departure()
    if (departure === undefined || departure.at > this.now) return false
    if (departure.afterTurn && !turnEnded) return false
    const onlyFlushed = this.paused && departure.reason === 'flush'
    const takes = onlyFlushed ? this.queue.filter(({ flushed }) => flushed).length : Infinity
    this.runs.push({
      reason: departure.reason,
      callers: this.queue.splice(0, Math.min(this.settings.maxBatchSize, takes)),
      state: 'cut',
      start: NaN,
      answer: undefined,
      open: [],
      signalAborted: false,
    })
    this.#admit()
    return true
  }

  /** Lets one batch take its next step: start, hand out what its function came to, or end. */
  #step(): boolean {
    for (const run of this.runs) {
      const known = run.open.find(({ ending }) => ending !== undefined)
      if (run.state === 'cut') this.#launch(run)
      else if (run.state === 'running' && run.answer !== undefined) this.#handOut(run, run.answer)
      else if (known !== undefined) this.#handOutLater(run, known)
      else continue
      if (run.state === 'returned' && run.open.length === 0) this.#finish(run)
      return true
    }
    return false
  }

  #launch(run: Run): void {
    run.callers = run.callers.filter(({ ending }) => ending === undefined)
    if (run.callers.length === 0) {
      this.runs = this.runs.filter((other) => other !== run)
      return
    }
    run.state = 'running'
    run.start = this.now
    run.answer = this.#answerAtOnce(this.calls.length)
    this.calls.push(run)
    this.items += run.callers.length
  }

  #handOut(run: Run, { expected }: Answer): void {
    run.state = 'returned'
    for (const [index, caller] of run.callers.entries()) {
      const ending = expected[index] as Expectation | { later: Later }
      if ('later' in ending) run.open.push({ caller, later: ending.later, ending: undefined })
      else this.#deliver(caller, ending)
    }
  }

  #handOutLater(run: Run, known: OpenOutcome): void {
    run.open = run.open.filter((outcome) => outcome !== known)
    this.#deliver(known.caller, known.ending as Expectation)
  }

  #finish(run: Run): void {
    this.runs = this.runs.filter((other) => other !== run)
    this.totalDuration += this.now - run.start
    // Promises of one turn settle one after the other: that of a caller who left may be the last.
    const someLeft = run.callers.some(({ left }) => left)
    if (run.answer?.hasPromises === true && someLeft) run.signalAborted ||= undefined
  }

  /** Batch functions for which nobody waits any more are told so. */
  #abandon(): void {
    for (const run of this.runs) run.signalAborted ||= !isAwaited(run)
  }

  #timeOut(run: Run): void {
    for (const caller of run.callers) {
      this.#end(caller, 'rejected', { error: 'BatchTimeoutError', started: true })
    }
    this.#abandon()
    this.#changed()
  }

  #deliver(caller: Caller, ending: Expectation): void {
    this.#end(caller, 'value' in ending ? 'fulfilled' : 'rejected', ending)
  }

  #end(caller: Caller, how: keyof Model['counts'], ending: Expectation): void {
    if (caller.ending !== undefined) return
    caller.ending = ending
    this.counts[how] += 1
  }

  #wait(until: () => boolean): void {
    this.waits.push({ until, done: until() })
  }
}

function isAwaited(run: Run): boolean {
  return run.callers.some(({ ending }) => ending === undefined)
}
