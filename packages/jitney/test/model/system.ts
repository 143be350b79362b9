import { getEventListeners } from 'node:events'

import { Batcher, type BatchContext, type BatcherStats } from 'jitney'
import { type Deferred, deferred, ManualClock, settle } from 'jitney/testing'

import { type Answer, answer, type Plan } from './answer.ts'
import type { Settings } from './model.ts'

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
  readonly batcher: Batcher<number, unknown>
  readonly calls: Call[] = []
  /** What the next batch functions do at once; without a plan they wait to be told. */
  readonly plans: Plan[] = []
  readonly controllers: AbortController[] = []
  /** How the callers' promises ended, by item. */
  readonly settlements: (PromiseSettledResult<unknown> | undefined)[] = []
  /** Items whose end was found right, and the library's errors that their callers got. */
  readonly verified = new Set<number>()
  readonly errors = new Set<unknown>()
  /** For each call of `flush`, `onIdle` and `close`: whether it resolved. */
  readonly resolved: boolean[] = []

  constructor(settings: Settings) {
    this.batcher = new Batcher<number, unknown>(this.#batchFunction, {
      ...settings,
      clock: this.clock,
    })
  }

  process(signal: AbortSignal | undefined): void {
    const item = this.settlements.push(undefined) - 1
    this.batcher.process(item, signal === undefined ? undefined : { signal }).then(
      (value) => {
        this.settlements[item] = { status: 'fulfilled', value }
      },
      (reason: unknown) => {
        this.settlements[item] = { status: 'rejected', reason }
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

  async endTurn(): Promise<void> {
    await settle()
  }

  async advance(duration: number): Promise<void> {
    await this.clock.advance(duration)
  }

  get stats(): BatcherStats {
    return this.batcher.stats()
  }

  /** How many listeners the signals of callers have. */
  get listeners(): number[] {
    return this.controllers.map(({ signal }) => getEventListeners(signal, 'abort').length)
  }

  readonly #batchFunction = (items: number[], context: BatchContext): Promise<unknown[]> => {
    const plan = this.plans.shift()
    const end = deferred<unknown>()
    const atOnce = plan === undefined ? undefined : answer(plan, items)
    this.calls.push({ items: [...items], context, end, answer: atOnce })
    // What it is given is its own: to change it harms nobody.
    items.length = 0
    if (atOnce?.thrown === true) throw atOnce.returned as Error
    return (atOnce === undefined ? end.promise : atOnce.returned) as Promise<unknown[]>
  }
}
