import type { DepartureReason } from './departure.ts'

/**
 * Learns what batches cost, and says from that when one may leave beside others.
 *
 * - Takes the time from whoever asks, and the same small time and memory for each batch.
 * - `duration = a + b * size` is fitted by recursive least squares. A batch counts five sixths as much
 *   with each that follows, so that a change is known within 50; one that took more than three times
 *   as long as expected counts as three times. Neither `a` nor `b` is ever negative.
 *
 * @example
 * ```ts
 * import { Pacer } from 'jitney/policy'
 *
 * const pacer = new Pacer()
 * for (const size of [1, 10, 100]) pacer.ended(size, 5 + 0.5 * size)
 * Math.round(pacer.a * 10) / 10 // => 5
 * Math.round(pacer.b * 10) / 10 // => 0.5
 * ```
 */
export class Pacer {
  /**
   * Milliseconds that a call costs, whatever is in it, as learned from batches that succeeded; 0
   * until two of different sizes did.
   */
  a = 0
  /** Milliseconds that each item costs, learned likewise. */
  b = 0
  /** Milliseconds from the last batch to the next with `'adaptive'`, when that was last asked. */
  pace = 0
  /** Why the last eight batches left, the latest last. */
  lastReasons: readonly DepartureReason[] = []
  /** Mean size and duration of the last batches, and how much their sizes differ. */
  #size = 0
  #duration = 0
  #spread = 0
  #usualSize = 1
  #last = -Infinity

  /** A batch left, at a time in milliseconds. */
  departed(now: number, size: number, reason: DepartureReason): void {
    this.#last = now
    this.#usualSize += (size - this.#usualSize) / 4
    // Never changed, as `stats()` hands it out.
    this.lastReasons = [...this.lastReasons.slice(-7), reason]
  }

  /** A batch succeeded after so many milliseconds. */
  ended(size: number, duration: number): void {
    const larger = size - (this.#size ||= size)
    const expected = this.a + this.b * size || duration
    // A millisecond more, so that it also leaves a time of next to nothing behind.
    const longer = Math.min(duration, expected * 3 + 1) - (this.#duration ||= duration)
    this.#size += larger / 6
    this.#duration += longer / 6
    // The usual size tells nothing of the slope, and must not wear out what is known of it.
    if (larger * larger * 1e4 > this.#spread) {
      this.#spread += larger * larger - this.#spread / 6
      this.b += (longer - this.b * larger) * (larger / this.#spread)
    }
    this.b = Math.min(Math.max(0, this.b), this.#duration / this.#size)
    // Rounded, it could be less than nothing.
    if (this.#spread) this.a = Math.max(0, this.#duration - this.b * this.#size)
  }

  /**
   * When the next batch may leave, on the clock of `departed`, so that slots come free evenly. When
   * all leave at once, they come free together, and whoever comes between waits for a whole batch.
   *
   * With `d` as the duration of the usual batch of `n`, that is `d / concurrency` after the last one:
   *
   * - less where the items take longer than the call, as little is left to share: `d` counts as
   *   `2 * a ** 2 / (b * n)` at most;
   * - by the square root of the part of the other slots that are taken: the fewer run, the less there
   *   is to be even with;
   * - at once when the items that wait take as long as the call;
   * - and with rates, by how much of them is used.
   */
  earliest(
    queued: number,
    active: number,
    concurrency: number,
    rates: readonly { readonly pace: number }[] = [],
  ): number {
    const { a, b } = this
    const items = b * this.#usualSize
    const busy = Math.sqrt(active / (concurrency - 1)) / concurrency
    this.pace = Math.max(
      concurrency > 1 && b * queued < a ? busy * Math.min(a + items, (2 * a * a) / items) : 0,
      ...rates.map(({ pace }) => pace),
    )
    return this.#last + this.pace
  }
}
