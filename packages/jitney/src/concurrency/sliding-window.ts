/** Up to so many entries the log is exact; then takes that are close together share one. */
const exactEntries = 1024
/** How close: this part of the interval, and no more of the limit goes unused. */
const grain = 1 / 1024

interface Entry {
  readonly since: number
  /** When its last take is an interval old. */
  until: number
  units: number
}

/**
 * What was taken within the last interval.
 *
 * Bounded at any rate of takes: an entry that stands for several counts until the last of them is
 * out of the interval. Units are whole numbers below 2 ** 53, whose sum never drifts.
 */
export class SlidingWindow {
  readonly #interval: number
  /** From the oldest on; few enough for `shift`. */
  readonly #entries: Entry[] = []
  #units = 0

  constructor(interval: number) {
    this.#interval = interval
  }

  /** Units in the interval that ends now. */
  unitsAt(now: number): number {
    for (let [oldest] = this.#entries; oldest && oldest.until <= now; [oldest] = this.#entries) {
      this.#units -= oldest.units
      this.#entries.shift()
    }
    return this.#units
  }

  /** Notes a take; `now` is never less than it was before. */
  add(units: number, now: number): void {
    if (units === 0) return
    this.#units += units
    const until = endOf(now, this.#interval)
    const newest = this.#entries.at(-1)
    const closeness = this.#entries.length < exactEntries ? 0 : this.#interval * grain
    if (newest && now - newest.since <= closeness) {
      newest.units += units
      newest.until = until
    } else this.#entries.push({ since: now, until, units })
  }

  /** When no more than `most` units will be left; the past if that is so now. */
  whenAtMost(most: number): number {
    let time = -Infinity
    let units = this.#units
    for (const entry of this.#entries) {
      if (units <= most) break
      units -= entry.units
      time = entry.until
    }
    return time
  }
}

/** The first moment that is not within `interval` after `start`, however the sum was rounded. */
function endOf(start: number, interval: number): number {
  const end = start + interval
  return end - start < interval ? end + Math.abs(end) * Number.EPSILON : end
}
