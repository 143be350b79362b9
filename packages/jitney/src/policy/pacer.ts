/**
 * Learns what batches cost, and says from that how far apart they leave.
 *
 * - Takes the same small time and memory for each batch.
 * - `duration = a + b * size` is fitted by recursive least squares, beginning with a batch of nothing
 *   that took no time. A batch counts five sixths as much with each that follows, so that a change is
 *   known within 50; one that took more than three times as long as expected counts as three times.
 *   Neither `a` nor `b` is ever negative.
 *
 * @example
 * ```ts
 * import { Pacer } from 'jitney/policy'
 *
 * const pacer = new Pacer()
 * for (let batch = 0; batch < 50; batch += 1) pacer.ended(batch % 9, 5 + 0.5 * (batch % 9))
 * Math.round(pacer.a * 10) / 10 // => 5
 * Math.round(pacer.b * 10) / 10 // => 0.5
 * ```
 */
export class Pacer {
  /** Milliseconds that a call costs, whatever is in it, as learned from batches that succeeded. */
  a = 0
  /** Milliseconds that each item costs. */
  b = 0
  /** Milliseconds from the last batch to the next, when that was last asked. */
  pace = 0
  /** Mean size and duration of the last batches, and how much their sizes differ. */
  #size = 0
  #duration = 0
  #spread = 0

  /** A batch succeeded after so many milliseconds. */
  ended(size: number, duration: number): void {
    const larger = size - this.#size
    // A millisecond more, so that it also leaves a time of nothing behind.
    const most = 3 * (this.a + this.b * size) + 1
    const longer = Math.min(duration, most) - this.#duration
    this.#size += larger / 6
    this.#duration += longer / 6
    // A little more: else equal sizes would wear it out, and any noise be a slope.
    this.#spread += larger * larger + 0.01 - this.#spread / 6
    this.b = Math.max(0, this.b + ((longer - this.b * larger) * larger) / this.#spread)
    this.a = Math.max(0, this.#duration - this.b * this.#size)
  }

  /**
   * How many milliseconds after the last batch the next one may leave, so that slots come free evenly.
   * When all leave at once, they come free together, and whoever comes between waits for a whole
   * batch. At once when nothing runs, and when items take longer than the call: the usual batch of them, or
   * those that wait.
   */
  next(queued: number, active: number, concurrency: number): number {
    const isHeld = active && Math.max(this.#duration / 2, this.b * queued) < this.a
    return (this.pace = isHeld ? this.#duration / concurrency : 0)
  }
}
