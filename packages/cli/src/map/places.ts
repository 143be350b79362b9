import { type Permit, Semaphore } from 'jitney'

/**
 * Runs functions that may not heed their signal, so many at a time.
 *
 * Whoever waits is told when the signal aborts; the place is given back when the function has
 * really ended. So functions that never end take places from the others, which then time out too,
 * instead of running on beside ever more of their kind.
 */
export class Places {
  readonly #places: Semaphore

  constructor(count: number) {
    this.#places = new Semaphore(count)
  }

  async run<Value>(fn: () => Value | PromiseLike<Value>, signal: AbortSignal): Promise<Value> {
    const permit = this.#places.tryAcquire() ?? (await this.#places.acquire({ signal }))
    const running = this.#hold(fn, permit)
    let onAbort: (() => void) | undefined
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => {
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', onAbort)
    })
    try {
      return await Promise.race([running, aborted])
    } finally {
      signal.removeEventListener('abort', onAbort!)
    }
  }

  async #hold<Value>(fn: () => Value | PromiseLike<Value>, permit: Permit): Promise<Value> {
    try {
      return await fn()
    } finally {
      permit.release()
    }
  }
}
