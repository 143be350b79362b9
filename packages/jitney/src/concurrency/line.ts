import { checkOptions, checkSignal } from '../platform/guards.ts'
import { onAbort } from '../platform/on-abort.ts'

/** What those who wait in a line may say of it. */
interface WaitOptions {
  readonly weight?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** One who waits: a link of a ring, alone in it once it has left. */
interface Waiter {
  readonly weight: number
  readonly signal: AbortSignal | undefined
  readonly reject: (reason: unknown) => void
  serve: () => void
  stop: () => void
  previous: Waiter
  next: Waiter
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
  /** Stands between the last and the first of the ring. */
  readonly #gate = {} as Waiter
  #length = 0
  #serving = false
  #closing: (() => unknown) | undefined

  /**
   * @param fits whether this weight can be served now.
   * @param onFirst told the weight of who is first in line and was not served, `undefined` if nobody is.
   */
  constructor(
    fits: (weight: number) => boolean,
    onFirst: (weight: number | undefined) => void = ignore,
  ) {
    this.#gate.previous = this.#gate.next = this.#gate
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

  /** Who is first, past those who are about to hear that their signal has aborted. */
  get first(): Waiter | undefined {
    for (;;) {
      const first = this.#gate.next
      if (first === this.#gate) return undefined
      if (first.signal?.aborted !== true) return first
      this.#remove(first)
      first.reject(first.signal.reason)
    }
  }

  admits(weight = 1): boolean {
    return this.isOpen && this.#fits(weight)
  }

  /**
   * What `serve` returns, now or in turn. Rejects for wrong options, with the reason of a signal that
   * aborts before, and after `close`.
   *
   * @param read refuses or converts the weight.
   */
  wait<Value>(
    action: string,
    options: WaitOptions | undefined,
    names: readonly string[],
    read: (weight: number | undefined) => number,
    serve: (weight: number) => Value,
  ): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (options !== undefined) checkOptions(action, options, names)
      const { weight: given, signal } = options ?? {}
      const weight = read(given)
      if (signal !== undefined) checkSignal(action, 'signal', signal)
      const enter = (): void => {
        resolve(serve(weight))
      }
      this.enter(weight, enter, reject, signal)
    })
  }

  /** Serves or rejects, now or in turn. Returns what ends the wait. */
  enter(
    weight: number,
    serve: () => void,
    reject: (reason: unknown) => void,
    signal?: AbortSignal,
  ): (() => void) | undefined {
    if (signal?.aborted === true) reject(signal.reason)
    else if (this.admits(weight)) serve()
    else if (this.#closing) reject(this.#closing())
    else return this.join(weight, serve, reject, signal)
    return undefined
  }

  /** Serves in turn, never at once. Returns what ends the wait. */
  join(
    weight: number,
    serve: () => void,
    reject: (reason: unknown) => void = ignore,
    signal?: AbortSignal,
  ): () => void {
    const gate = this.#gate
    const waiter: Waiter = {
      weight,
      serve,
      reject,
      signal,
      stop: ignore,
      previous: gate.previous,
      next: gate,
    }
    gate.previous = gate.previous.next = waiter
    this.#length += 1
    const leave = (): void => {
      const wasFirst = gate.next === waiter
      this.#remove(waiter)
      if (wasFirst) this.serve()
    }
    if (signal) {
      waiter.stop = onAbort(signal, () => {
        reject(signal.reason)
        leave()
      })
    }
    if (gate.next === waiter && !this.#serving) this.#onFirst(weight)
    return leave
  }

  /** Serves all who fit. Who comes meanwhile is left for another time, so that this ends. */
  serve(): void {
    if (this.#serving) return
    this.#serving = true
    for (let left = this.#length; left > 0; left -= 1) {
      const { first } = this
      if (!first || !this.#fits(first.weight)) break
      const { serve } = first
      this.#remove(first)
      try {
        serve()
      } catch (error) {
        // A failure of one who was served keeps nobody else waiting.
        queueMicrotask(() => {
          throw error
        })
      }
    }
    this.#serving = false
    this.#onFirst(this.first?.weight)
  }

  /** Rejects who waits, and from now on who would have to wait, each with an error of its own. */
  close(error: () => unknown): void {
    this.#closing = error
    for (let { first } = this; first; { first } = this) {
      this.#remove(first)
      first.reject(error())
    }
  }

  #remove(waiter: Waiter): void {
    const { previous, next } = waiter
    if (next === waiter) return
    previous.next = next
    next.previous = previous
    waiter.previous = waiter.next = waiter
    waiter.stop()
    waiter.serve = waiter.stop = ignore
    this.#length -= 1
  }
}

function ignore(): void {}
