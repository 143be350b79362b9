import { getEventListeners } from 'node:events'

import { Batcher, type BatchContext, type BatcherStats } from 'jitney'
import { Pacer } from 'jitney/policy'
import { type Deferred, deferred, ManualClock, settle } from 'jitney/testing'

import { type Answer, answer, type Plan } from './answer.ts'
import { type Item, optionsOf, type Settings } from './settings.ts'
import { Shared } from './shared.ts'

// The model knows of no pace and not why batches left, which have tests of their own: nothing is learned here.
Pacer.prototype.ended = () => {}

/** One call of the batch function. */
interface Call {
  readonly items: readonly number[]
  readonly context: BatchContext
  readonly end: Deferred<unknown>
  /** What it came to when it was called, if it did not wait. */
  readonly answer: Answer | undefined
}

/** The batcher under test, all that is around it, and what was seen of it. */
export class System {
  readonly clock = new ManualClock()
  readonly shared: Shared
  readonly batcher: Batcher<Item, unknown>
  readonly calls: Call[] = []
  /** What the next batch functions do at once; without a plan they wait to be told. */
  readonly plans: Plan[] = []
  readonly controllers: AbortController[] = []
  /** How the callers' promises ended, by item. */
  readonly settlements: (PromiseSettledResult<unknown> | undefined)[] = []
  /** Items whose end was found right, and the library's errors that their callers got. */
  readonly verified = new Set<number>()
  readonly errors = new Set<unknown>()
  /** The names of items that batch functions were told. */
  readonly ids: (string | undefined)[] = []
  /** For each call of `flush`, `onIdle` and `close`: whether it resolved. */
  readonly resolved: boolean[] = []
  /**
   * What batch functions ask for with `outcome.retry`. Less than any delay where it holds the rate
   * limits: which of the two ends first at one moment is open.
   */
  readonly askedDelay: number
  #lastEnd = NaN

  constructor(settings: Settings) {
    this.shared = new Shared(settings, this.clock)
    this.askedDelay = settings.rates.length > 0 ? 1.00390625 : 5.00390625
    const options = optionsOf(settings, this.shared, this.clock)
    this.batcher = new Batcher<Item, unknown>(this.#batchFunction, options)
  }

  process(item: Item, priority: number, signal: AbortSignal | undefined): void {
    const { number } = item
    this.settlements[number] = undefined
    this.batcher.process(item, { priority, signal }).then(
      (value) => {
        this.settlements[number] = { status: 'fulfilled', value }
      },
      (reason: unknown) => {
        this.settlements[number] = { status: 'rejected', reason }
      },
    )
  }

  /** Watches a call of `flush`, `onIdle` or `close`. */
  watch(promise: Promise<void>): void {
    const index = this.resolved.push(false) - 1
    void promise.then(() => {
      this.resolved[index] = true
    })
  }

  /** One batch or outcome ends in a moment: what came of several first would be open. */
  mayEnd(): boolean {
    const now = this.clock.now()
    const may = now !== this.#lastEnd
    this.#lastEnd = now
    return may
  }

  async endTurn(): Promise<void> {
    await settle()
  }

  async advance(duration: number): Promise<void> {
    await this.clock.advance(duration)
  }

  get stats(): BatcherStats {
    return this.batcher.stats()
  }

  /** Timers that are not those of the rate limiters, of which each has one while somebody waits. */
  get timerCount(): number {
    const waited = this.shared.limiters.filter(({ queued }) => queued > 0)
    return this.clock.timerCount - waited.length
  }

  /** How many listeners the signals of callers have. */
  get listeners(): number[] {
    return this.controllers.map(({ signal }) => getEventListeners(signal, 'abort').length)
  }

  readonly #batchFunction = (items: Item[], context: BatchContext): Promise<unknown[]> => {
    const numbers = items.map(({ number }) => number)
    const plan = this.#nextPlan()
    const end = deferred<unknown>()
    const atOnce = plan === undefined ? undefined : answer(plan, numbers, this.askedDelay)
    this.calls.push({ items: numbers, context, end, answer: atOnce })
    // What it is given is its own: to change it harms nobody.
    items.length = 0
    if (atOnce?.thrown === true) throw atOnce.returned as Error
    return (atOnce === undefined ? end.promise : atOnce.returned) as Promise<unknown[]>
  }

  #nextPlan(): Plan | undefined {
    return this.plans.length > 0 && this.mayEnd() ? this.plans.shift() : undefined
  }
}
