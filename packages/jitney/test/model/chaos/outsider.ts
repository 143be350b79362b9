import assert from 'node:assert/strict'

import type { Permit, RateLimiter } from 'jitney'
import type { ManualClock } from 'jitney/testing'

import type { Settings } from '../settings.ts'
import { Shared } from '../shared.ts'
import type { moves } from './moves.ts'

interface Take {
  readonly at: number
  readonly units: number
}

/** Somebody else who uses the same semaphore and the same rate limits, and stands in their lines. */
export class Outsider {
  readonly shared: Shared
  readonly #clock: ManualClock
  readonly #permits: Permit[] = []
  /** What anybody took of each rate limit. */
  readonly #takes: Take[][]
  #patience = new AbortController()
  #round = 0

  constructor(settings: Settings, clock: ManualClock) {
    this.#clock = clock
    this.shared = new Shared(settings, clock)
    this.#takes = settings.rates.map(() => [])
  }

  /** Permits that are not the outsider's, as far as it knows. */
  get otherPermits(): number {
    return this.shared.semaphore.active - this.#permits.length
  }

  act(move: (typeof moves.outsider)[number]): void {
    const { semaphore } = this.shared
    const { signal } = this.#patience
    this.#round += 1
    switch (move) {
      case 'take a permit': {
        const permit = semaphore.tryAcquire()
        if (permit !== undefined) this.#permits.push(permit)
        break
      }
      case 'wait for a permit':
        semaphore.acquire({ signal }).then(
          (permit) => this.#permits.push(permit),
          () => {},
        )
        break
      case 'give a permit back':
        this.#permits.shift()?.release()
        break
      case 'take units':
        this.#eachLimiter((limiter, units) => limiter.tryTake(units))
        break
      case 'wait for units':
        this.#eachLimiter((limiter, units) => limiter.take({ weight: units, signal }))
        break
      case 'leave the lines':
        this.leave()
        break
      case 'hold the rates':
        for (const limiter of this.shared.limiters) limiter.penalize(this.#round % 5)
        break
    }
  }

  /** Takes nothing any more, and gives back what it has. */
  leave(): void {
    this.#patience.abort()
    this.#patience = new AbortController()
    for (const permit of this.#permits.splice(0)) permit.release()
  }

  /** A batch uses units of a rate limit. */
  note(index: number, units: number): void {
    this.#takes[index]?.push({ at: this.#clock.now(), units })
  }

  /** No span of the interval holds more than the limit. */
  verify(): void {
    for (const [index, { limit, interval }] of this.shared.limiters.entries()) {
      const takes = this.#takes[index] ?? []
      for (const { at: end } of takes) {
        const span = takes.filter(({ at }) => at <= end && at + interval > end)
        const sum = span.reduce((units, take) => units + take.units, 0)
        assert.ok(sum <= limit, `rate limit: ${sum} of ${limit} before ${end}`)
      }
    }
  }

  /** Nobody has or waits for anything. */
  verifyEnd(): void {
    const { semaphore, limiters } = this.shared
    assert.deepEqual([semaphore.active, semaphore.queued], [0, 0], 'no permit is left')
    assert.ok(
      limiters.every(({ queued }) => queued === 0),
      'nobody waits in line',
    )
  }

  #eachLimiter(take: (limiter: RateLimiter, units: number) => boolean | Promise<void>): void {
    for (const [index, limiter] of this.shared.limiters.entries()) {
      const units = Math.min(limiter.limit, this.#round % 4)
      const taken = take(limiter, units)
      if (taken === true) this.note(index, units)
      else if (taken !== false) {
        taken.then(
          () => {
            this.note(index, units)
          },
          () => {},
        )
      }
    }
  }
}
