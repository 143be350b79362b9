import type { TransportAdmin } from 'jitney/remote'
import { within } from '../../server/within.ts'

/** What is told of a queue, JSON-able: counts and milliseconds. */
export interface QueueGlance {
  /** Items that wait for a worker. */
  readonly queued: number
  /** Items that wait for the time of their next attempt. */
  readonly delayed: number
  /** Items that workers hold. */
  readonly active: number
  readonly dead: number
  /** How long ago the oldest item came that waits for a worker. */
  readonly oldestAge: number
  /** Workers that were heard of lately. */
  readonly workers: number
}

/** For so many milliseconds what was seen is new enough. */
const freshFor = 900
/** How long somebody who looks waits for an answer; it may come later. */
const patience = 1000
/** A worker says each third of its lease, 30 s by default, that it lives. */
const silentFor = 60_000

/** Looks at a queue when somebody asks, for all who ask at the time, and not otherwise. */
export class QueueWatch {
  readonly #admin: TransportAdmin
  #last: QueueGlance | null = null
  #seenAt = -Infinity
  #looking: Promise<void> | undefined

  constructor(admin: TransportAdmin) {
    this.#admin = admin
  }

  /** What was seen last; `null` if the queue was not to be reached. */
  get last(): QueueGlance | null {
    return this.#last
  }

  /** Says whether the queue can be reached; never rejects. */
  async look(): Promise<boolean> {
    if (performance.now() - this.#seenAt >= freshFor) {
      this.#looking ??= this.#look()
      if (!(await within(this.#looking, patience))) this.#last = null
    }
    return this.#last !== null
  }

  close(): Promise<void> {
    return this.#admin.close()
  }

  async #look(): Promise<void> {
    try {
      const { queued, delayed, active, dead, oldestAge, workers } = await this.#admin.stats()
      const living = workers.filter(({ silence }) => silence < silentFor).length
      this.#last = { queued, delayed, active, dead, oldestAge, workers: living }
      this.#seenAt = performance.now()
    } catch {
      this.#last = null
    }
    this.#looking = undefined
  }
}
