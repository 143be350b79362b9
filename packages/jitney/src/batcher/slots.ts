import type { Permit, Semaphore } from '../concurrency/semaphore.ts'

/** Says whether one more batch may run: by a number, or by a semaphore that others share. */
export class Slots {
  readonly #onGrant: () => void
  /** The semaphore in whose line we wait. */
  #asked: SharedSlots | undefined
  #stop: AbortController | undefined
  #granted: Permit | undefined

  /** @param onGrant called when there is a slot that was waited for; it is given back if not taken. */
  constructor(onGrant: () => void) {
    this.#onGrant = onGrant
  }

  /** A permit for one more beside `active` batches; `undefined` if it has to wait. */
  take(concurrency: number | SharedSlots, active: number): Permit | undefined {
    if (typeof concurrency === 'number') return active < concurrency ? free : undefined
    const permit = this.#granted ?? concurrency.tryAcquire()
    this.#granted = undefined
    if (permit === undefined && this.#asked !== concurrency) this.#ask(concurrency)
    return permit
  }

  /** Whether a slot may be free: false while it is waited for. */
  isFree(concurrency: number | SharedSlots, active: number): boolean {
    return typeof concurrency === 'number' ? active < concurrency : concurrency !== this.#asked
  }

  /** Leaves the line: nothing would leave now. */
  leave(): void {
    this.#stop?.abort()
    this.#asked = undefined
  }

  #ask(semaphore: SharedSlots): void {
    this.leave()
    const stop = new AbortController()
    this.#asked = semaphore
    this.#stop = stop
    semaphore.acquire({ signal: stop.signal }).then((permit) => {
      // Left after it was served, but before it heard.
      if (stop.signal.aborted) return permit.release()
      this.#asked = undefined
      this.#granted = permit
      this.#onGrant()
      // Nobody took it.
      this.#granted?.release()
      this.#granted = undefined
    }, ignore)
  }
}

function ignore(): void {}

/**
 * What a batcher needs of a `Semaphore`: one of another copy of the package will do. Batchers wait
 * in its line with everybody else, once each, and only while they have something to send.
 */
export type SharedSlots = Pick<Semaphore, 'capacity' | 'acquire' | 'tryAcquire'>

const free: Permit = { release() {}, [Symbol.dispose]() {} }
