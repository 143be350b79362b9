import { type Permit, RateLimiter, Semaphore } from 'jitney'
import type { ManualClock } from 'jitney/testing'

import type { Concurrency, Settings } from './settings.ts'

/** What a batcher shares with an outsider. */
export class Shared {
  readonly semaphore: Semaphore
  readonly limiters: readonly RateLimiter[]
  /** Those that the outsider holds. */
  readonly permits: Permit[] = []

  constructor({ places, rates }: Settings, clock: ManualClock) {
    this.semaphore = new Semaphore(places)
    this.limiters = rates.map((rate) => new RateLimiter({ ...rate, clock }))
  }

  concurrency(value: Concurrency): number | Semaphore {
    return value === 'shared' ? this.semaphore : value
  }
}
