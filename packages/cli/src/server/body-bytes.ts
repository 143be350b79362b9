import { type Permit, Semaphore } from 'jitney'
import { ProblemError } from './problem.ts'
import { crowded } from './problem-of.ts'

/** Bounds the bytes of all items that wait or run, whatever their number. */
export class BodyBytes {
  readonly #semaphore: Semaphore

  constructor(most: number) {
    this.#semaphore = new Semaphore(most)
  }

  get held(): number {
    return this.#semaphore.active
  }

  /** Throws a `ProblemError` if there is no room. */
  take(body: Uint8Array | undefined): Permit {
    const permit = this.#semaphore.tryAcquire({ weight: this.#weightOf(body) })
    if (permit === undefined) throw new ProblemError(crowded)
    return permit
  }

  /** Waits for room. */
  wait(body: Uint8Array, signal: AbortSignal): Promise<Permit> {
    return this.#semaphore.acquire({ weight: this.#weightOf(body), signal })
  }

  /** One that is larger than all may be takes all of it. */
  #weightOf(body: Uint8Array | undefined): number {
    return Math.min(Math.max(1, body?.length ?? 0), this.#semaphore.capacity)
  }
}
