import fc from 'fast-check'
import type { BatcherStats } from 'jitney'

import type { Answer } from './answer.ts'
import { Batches } from './batches.ts'
import { cut, type Departure, departures, fitsBatch } from './departures.ts'
import { Endings } from './endings.ts'
import { type Caller, type Entry, isAwaited, isBack } from './entry.ts'
import { DomCause } from './expectation.ts'
import { Places } from './places.ts'
import { Rate, whenAllowed } from './rate.ts'
import { hasCallers } from './run.ts'
import type { Item, Settings } from './settings.ts'

/** Calls of `flush`, `onIdle` or `close`: whether they have to have resolved. */
export interface Wait {
  readonly until: () => boolean
  done: boolean
}

export interface Timer {
  readonly of: 'window' | 'retry' | 'timeout' | 'close' | 'rate'
  readonly at: number
  readonly ring: () => void
}

/**
 * What a `Batcher` promises, as plainly as it can be said: queues are arrays that are searched, and
 * a turn is played to its end before anybody looks.
 *
 * Actions (`process` to `outsiderTook`) happen within a turn, `endTurn` and `advance` let it end.
 */
export class Model {
  readonly settings: Settings
  readonly places: Places
  readonly rates: readonly Rate[]
  readonly endings = new Endings()
  readonly batches: Batches
  now = 0
  state: 'open' | 'closing' | 'closed' = 'open'
  paused = false
  /** Of each call of `close`. */
  readonly deadlines: number[] = []
  readonly callers: Caller[] = []
  readonly waits: Wait[] = []
  /** Permits of the shared semaphore that the outsider holds. */
  outsiderPermits = 0

  /** @param answerAtOnce what the batch function came to when it was called, if it did not wait. */
  constructor(settings: Settings, answerAtOnce: (call: number) => Answer | undefined) {
    this.settings = { ...settings }
    this.places = new Places(this.settings)
    this.rates = settings.rates.map((rate) => new Rate(rate))
    this.batches = new Batches(this, answerAtOnce)
  }

  process(item: Item, priority: number, signal: AbortSignal | undefined): void {
    const caller: Caller = { number: item.number, signal, ending: undefined, left: false }
    this.callers.push(caller)
    if (signal?.aborted === true) caller.ending = { reason: signal.reason as unknown }
    else if (this.state !== 'open')
      this.endings.end(caller, 'refused', { error: 'BatcherClosedError' })
    else this.#enter(caller, item, priority)
    this.#changed()
  }

  abortCallers(signal: AbortSignal): void {
    for (const caller of this.callers) {
      if (caller.signal !== signal || caller.ending !== undefined) continue
      caller.left = true
      this.endings.end(caller, 'aborted', { reason: signal.reason as unknown })
    }
    this.batches.abandon()
    this.#changed()
  }

  flush(): void {
    const entries = this.places.all
    for (const entry of this.#entries) entry.flushed = true
    this.#wait(() => !entries.some(isAwaited))
    this.#changed()
  }

  onIdle(): void {
    this.#wait(() => this.isIdle)
  }

  pause(): void {
    this.paused = this.state === 'open'
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
    if (this.state === 'open') {
      this.state = 'closing'
      this.paused = false
      this.places.bringBack(() => true)
    }
    this.deadlines.push(this.now + timeout)
    this.#wait(() => this.state === 'closed')
    this.#changed()
  }

  abort(cause: unknown): void {
    for (const entry of this.#entries) {
      this.endings.endAll(entry, { error: 'BatchAbortedError', cause, started: isBack(entry) })
    }
    this.batches.abandon()
    this.state = 'closed'
    this.#changed()
  }

  /** Plays the turn, and those it leads to, to the end. */
  endTurn(): void {
    do {
      while (this.batches.step()) this.#changed()
    } while (this.#changed(true) > 0)
    this.batches.abandon()
  }

  /** Lets time pass. What rings first at one moment is open: a run in which that matters proves nothing. */
  advance(duration: number): void {
    const end = this.now + duration
    this.endTurn()
    for (;;) {
      const { timers } = this
      const [next] = timers
      if (next === undefined || next.at > end) break
      fc.pre(timers.every(({ at, of }) => at !== next.at || of === next.of))
      this.now = next.at
      next.ring()
      this.endTurn()
    }
    this.now = end
  }

  /** The outsider has so many permits more, or fewer. */
  outsiderHas(more: number): void {
    this.outsiderPermits += more
  }

  /** The timers that have to run, soonest first. */
  get timers(): Timer[] {
    const nothing = (): void => {}
    const bringBack = (): void => {
      this.places.bringBack(({ due }) => due <= this.now)
    }
    const timers: Timer[] = this.places.resting.map(({ due }) => ({
      of: 'retry',
      at: due,
      ring: bringBack,
    }))
    const later = departures(this).filter(({ at }) => at > this.now)
    const window = Math.min(...later.map(({ at }) => at))
    timers.push({ of: 'window', at: window, ring: nothing })
    const held = this.#hasPermit ? this.#due(true) : undefined
    if (held !== undefined) {
      const at = whenAllowed(this.rates, leastOf(held), this.now)
      timers.push({ of: 'rate', at, ring: nothing })
    }
    for (const run of this.batches.running) {
      if (run.state === 'cut' || run.timedOut || !hasCallers(run)) continue
      const ring = (): void => {
        this.batches.timeOut(run)
      }
      timers.push({ of: 'timeout', at: run.start + this.settings.timeout, ring })
    }
    const close = (): void => {
      this.abort(new DomCause('TimeoutError'))
    }
    const deadlines = this.state === 'closing' ? this.deadlines : []
    for (const at of deadlines) timers.push({ of: 'close', at, ring: close })
    return timers.filter(({ at }) => at < Infinity).sort((one, other) => one.at - other.at)
  }

  /** Whether a batch could leave but for permits or rate limits. */
  get isHeld(): boolean {
    return this.#due(true) !== undefined
  }

  get isIdle(): boolean {
    return this.places.all.length === 0 && this.batches.running.length === 0
  }

  get stats(): Omit<BatcherStats, 'name' | 'a' | 'b' | 'pace' | 'lastReasons'> {
    const { queue, queued, room } = this.places
    return {
      state: this.state,
      queued: queued.length,
      waiting: room.length,
      active: this.batches.running.length,
      abandoned: this.batches.running.filter((run) => !hasCallers(run)).length,
      oldestAge: Math.max(0, ...queue.map(({ arrival }) => this.now - arrival)),
      batches: this.batches.calls.length,
      items: this.batches.items,
      totalDuration: this.batches.totalDuration,
      ...this.endings.counts,
    }
  }

  /** Shares the entry of an item that is the same, or makes one. */
  #enter(caller: Caller, item: Item, priority: number): void {
    const twin = this.#entries.find((other) => isAwaited(other) && this.#areTwins(item, other.item))
    if (twin !== undefined) {
      twin.callers.push(caller)
      return
    }
    const entry: Entry = {
      item,
      priority,
      arrival: this.now,
      callers: [caller],
      attempts: 0,
      flushed: false,
      due: NaN,
    }
    if (!this.places.enter(entry)) this.endings.end(caller, 'refused', { error: 'QueueFullError' })
  }

  #areTwins(one: Item, other: Item): boolean {
    const { deduped, keyed } = this.settings
    return deduped && one.twin === other.twin && (!keyed || one.key === other.key)
  }

  get #entries(): Entry[] {
    return [...this.places.all, ...this.batches.running.flatMap(({ entries }) => entries)]
  }

  /** What follows at once from any change. Says how many batches left. */
  #changed(turnEnded = false): number {
    let left = 0
    this.places.tidy()
    for (; this.#depart(turnEnded); left += 1) this.places.tidy()
    const isOver = this.state !== 'open' && !this.#entries.some(isAwaited)
    if (isOver) this.state = 'closed'
    for (const wait of this.waits) wait.done ||= wait.until()
    return left
  }

  /** Who leaves next. What was due before this turn is not passed by a batch that has filled since. */
  #due(turnEnded: boolean): Departure | undefined {
    const due = departures(this).filter(({ at }) => at <= this.now)
    if (turnEnded) return due[0]
    const next = due.findIndex(({ afterTurn }) => !afterTurn)
    const older = due.slice(0, next).some(({ arrival }) => arrival < this.now)
    const { concurrency } = this.settings
    const isLast = typeof concurrency === 'number' && this.batches.running.length + 1 >= concurrency
    return older && isLast ? undefined : due[next]
  }

  get #hasPermit(): boolean {
    if (this.settings.concurrency !== 'shared') return true
    const own = this.batches.running.filter(({ hasPermit }) => hasPermit)
    return own.length + this.outsiderPermits < this.settings.places
  }

  /** Cuts a batch if one may leave now. Nobody goes ahead of one that permits or rates hold. */
  #depart(turnEnded: boolean): boolean {
    const due = this.#due(turnEnded)
    if (due === undefined || !this.#hasPermit) return false
    const areAllowed = (entries: readonly Entry[]): boolean =>
      this.rates.every((rate) => rate.allows(entries, this.now))
    if (!areAllowed(leastOf(due))) return false
    const fits = (entries: readonly Entry[]): boolean =>
      fitsBatch(entries, this.settings) && areAllowed(entries)
    const taken = due.isWhole ? due.entries : cut(due.entries, fits)
    for (const rate of this.rates) rate.take(rate.amount(taken), this.now)
    this.places.takeOut(taken)
    this.batches.leave(taken, due.reasons, this.settings.concurrency === 'shared')
    return true
  }

  #wait(until: () => boolean): void {
    this.waits.push({ until, done: until() })
  }
}

/** Without how much of it a batch does not leave. */
function leastOf({ entries, isWhole }: Departure): readonly Entry[] {
  return isWhole ? entries : entries.slice(0, 1)
}
