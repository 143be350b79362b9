import type { RateLimiter } from '../concurrency/rate-limiter.ts'
import { type Entry, weightOf } from './entry.ts'

/**
 * What a batcher needs of a `RateLimiter`: one of another copy of the package will do. Batchers
 * wait in its line with everybody else, and send one batch in each turn of theirs.
 */
export type Rate = Pick<
  RateLimiter,
  'of' | 'limit' | 'allowance' | 'tryTake' | 'onAllowance' | 'penalize'
>

/** The rate limits of one batcher; others may share them. */
export class RateLimits<Item, Result> {
  readonly #rates: readonly Rate[]
  readonly #onAllowance: () => void
  /** What waits in line for so much. */
  #waiting: { readonly need: number; readonly leave: () => void } | undefined
  /** Whether a batch has left in this turn of ours: the next one waits in line again. */
  #spent = false
  #serving = false

  /** @param onAllowance called when a batch that was held back may be tried again. */
  constructor(rates: readonly Rate[], onAllowance: () => void) {
    this.#rates = rates
    this.#onAllowance = onAllowance
  }

  /** Whether a batch of these may leave now; if not, waits in line. */
  allow(entries: readonly Entry<Item, Result>[]): boolean {
    const short = this.#rates.find((rate) => {
      const need = amountOf(entries, rate)
      if (need < (this.#waiting?.need ?? 0)) this.leave()
      // Nothing passes while others wait, not even what weighs nothing.
      return this.#spent || !rate.tryTake(0) || rate.allowance < need
    })
    if (short === undefined) return true
    if (this.#waiting === undefined) this.#wait(short, amountOf(entries, short))
    return false
  }

  /** Most items that a batch may hold now. */
  maxItems(maxBatchSize: number): number {
    return Math.min(maxBatchSize, Math.floor(this.#most('items')))
  }

  /** Most of each weight that a batch may hold now. */
  maxWeights(maxima: readonly number[]): readonly number[] {
    const most = this.#most('weight')
    return most === Infinity
      ? maxima
      : maxima.map((max, of) => (of === 0 ? Math.min(max, most) : max))
  }

  /** Takes what a batch uses. */
  take(entries: readonly Entry<Item, Result>[]): void {
    for (const rate of this.#rates) rate.tryTake(amountOf(entries, rate))
    this.#spent = this.#serving
  }

  /** Holds the next batch back. */
  penalize(duration: number): void {
    for (const rate of this.#rates) rate.penalize(duration)
  }

  /** Leaves the line: nothing waits any more. */
  leave(): void {
    this.#waiting?.leave()
    this.#waiting = undefined
  }

  #most(what: Rate['of']): number {
    return this.#rates.reduce(
      (most, rate) => (rate.of === what ? Math.min(most, rate.allowance) : most),
      Infinity,
    )
  }

  #wait(rate: Rate, need: number): void {
    const leave = rate.onAllowance(need, () => {
      this.#waiting = undefined
      this.#serving = true
      this.#onAllowance()
      this.#serving = false
      this.#spent = false
    })
    this.#waiting = { need, leave }
  }
}

function amountOf<Item, Result>(entries: readonly Entry<Item, Result>[], { of }: Rate): number {
  if (of === 'weight') return entries.reduce((sum, entry) => sum + weightOf(entry, 0), 0)
  return of === 'items' ? entries.length : 1
}
