import { onAbort } from '../platform/on-abort.ts'

/** One who waits. */
export interface Waiter {
  readonly weight: number
  /** `undefined` once the waiter has left the line. */
  serve: (() => void) | undefined
  previous: Waiter | undefined
  next: Waiter | undefined
}

/**
 * Those who wait for a share of something, and the order in which they get it.
 *
 * - First come, first served: nobody passes a heavier one who came before.
 * - Joining, leaving and being served take constant time at any length.
 * - Who has left is not kept.
 */
export class Line {
  readonly #fits: (weight: number) => boolean
  readonly #onFirst: (weight: number | undefined) => void
  #first: Waiter | undefined
  #last: Waiter | undefined
  #length = 0
  #serving = false

  /**
   * @param fits whether this weight can be served now.
   * @param onFirst told the weight of who is first in line and was not served, `undefined` if nobody is.
   */
  constructor(
    fits: (weight: number) => boolean,
    onFirst: (weight: number | undefined) => void = () => {},
  ) {
    this.#fits = fits
    this.#onFirst = onFirst
  }

  get length(): number {
    return this.#length
  }

  /** Whether a newcomer passes nobody: none waits, or it acts for the one who is being served. */
  get isOpen(): boolean {
    return this.#length === 0 || this.#serving
  }

  admits(weight: number): boolean {
    return this.isOpen && this.#fits(weight)
  }

  /** Serves now or in turn, or rejects if the signal has aborted or aborts before. */
  enter(
    weight: number,
    signal: AbortSignal | undefined,
    serve: () => void,
    reject: (reason: unknown) => void,
  ): void {
    if (signal?.aborted === true) reject(signal.reason)
    else if (this.admits(weight)) serve()
    else if (signal === undefined) this.join(weight, serve)
    else this.#joinUntilAborted(weight, signal, serve, reject)
  }

  /** Serves in turn, never at once. */
  join(weight: number, serve: () => void): Waiter {
    const waiter: Waiter = { weight, serve, previous: this.#last, next: undefined }
    if (this.#last === undefined) this.#first = waiter
    else this.#last.next = waiter
    this.#last = waiter
    this.#length += 1
    if (this.#first === waiter && !this.#serving) this.#onFirst(weight)
    return waiter
  }

  /** Takes out one who gave up; does nothing if it was served. */
  leave(waiter: Waiter): void {
    const wasFirst = this.#first === waiter
    this.#remove(waiter)
    if (wasFirst) this.serve()
  }

  /** Serves all who fit. Who comes meanwhile is left for another time, so that this ends. */
  serve(): void {
    if (this.#serving) return
    this.#serving = true
    for (let left = this.#length; left > 0; left -= 1) {
      const first = this.#first
      if (first === undefined || !this.#fits(first.weight)) break
      const { serve } = first
      this.#remove(first)
      try {
        serve?.()
      } catch (error) {
        // A failure of one who was served keeps nobody else waiting.
        queueMicrotask(() => {
          throw error
        })
      }
    }
    this.#serving = false
    this.#onFirst(this.#first?.weight)
  }

  #joinUntilAborted(
    weight: number,
    signal: AbortSignal,
    serve: () => void,
    reject: (reason: unknown) => void,
  ): void {
    const waiter = this.join(weight, () => {
      stop()
      // Served by another listener of the same signal, before ours was called.
      if (signal.aborted) reject(signal.reason)
      else serve()
    })
    const stop = onAbort(signal, () => {
      stop()
      reject(signal.reason)
      this.leave(waiter)
    })
  }

  #remove(waiter: Waiter): void {
    if (waiter.serve === undefined) return
    const { previous, next } = waiter
    if (previous === undefined) this.#first = next
    else previous.next = next
    if (next === undefined) this.#last = previous
    else next.previous = previous
    waiter.serve = waiter.previous = waiter.next = undefined
    this.#length -= 1
  }
}
