import assert from 'node:assert/strict'

import type { Entry } from './entry.ts'
import type { RateSettings } from './settings.ts'

/** A rate limit: the plain list of all that was ever taken. */
export class Rate {
  readonly settings: RateSettings
  readonly takes: { readonly at: number; readonly units: number }[] = []
  heldUntil = 0

  constructor(settings: RateSettings) {
    this.settings = settings
  }

  /** Less than nothing while it is held. */
  allowance(now: number): number {
    if (now < this.heldUntil) return -1
    const { limit } = this.settings
    const recent = this.takes.filter((take) => this.#end(take) > now)
    return recent.reduce((left, { units }) => left - units, limit)
  }

  take(units: number, now: number): void {
    assert.ok(units <= this.allowance(now), 'no more is taken than the rate limit allows')
    this.takes.push({ at: now, units })
  }

  penalize(duration: number, now: number): void {
    this.heldUntil = Math.max(this.heldUntil, now + duration)
  }

  /** Units that a batch of these uses. */
  amount(entries: readonly Entry[]): number {
    if (this.settings.of === 'batches') return 1
    if (this.settings.of === 'items') return entries.length
    return entries.reduce((sum, { item }) => sum + (item.weights[0] ?? 0), 0)
  }

  allows(entries: readonly Entry[], at: number): boolean {
    return this.amount(entries) <= this.allowance(at)
  }

  /** The moments at which its allowance grows. */
  get changes(): number[] {
    return [this.heldUntil, ...this.takes.map((take) => this.#end(take))]
  }

  /** When a take is free again: an interval later, rounded up as the limiter says that it does. */
  #end({ at }: { readonly at: number }): number {
    const { interval } = this.settings
    const step = 2 ** (Math.ceil(Math.log2(interval)) - 12)
    return Math.ceil((at + interval) / step) * step
  }
}

/** When a batch of these may leave, if nobody takes anything meanwhile. */
export function whenAllowed(
  rates: readonly Rate[],
  entries: readonly Entry[],
  now: number,
): number {
  const moments = [now, ...rates.flatMap(({ changes }) => changes)]
  const possible = moments.filter(
    (at) => at >= now && rates.every((rate) => rate.allows(entries, at)),
  )
  return Math.min(...possible)
}
