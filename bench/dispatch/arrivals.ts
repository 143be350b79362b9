import type { Random } from './random.ts'

/** Where items come from: those of a list, or callers who ask again when they were answered. */
export interface Arrivals {
  /** When the next item comes, in milliseconds; `Infinity` if none does for now. */
  readonly next: number
  /** Takes that item, and gives the number of its caller. */
  take(): number
  /** Callers were answered. */
  answered(callers: readonly number[], now: number): void
}

/** Items that come at given times, whatever becomes of them. */
export class ListedArrivals implements Arrivals {
  readonly #times: Float64Array
  #index = 0

  /** @param times in milliseconds, ascending. */
  constructor(times: Float64Array) {
    this.#times = times
  }

  get next(): number {
    return this.#times[this.#index] ?? Infinity
  }

  take(): number {
    return this.#index++
  }

  answered(): void {}
}

/** How items come that do not wait for each other. */
export type OpenArrivals =
  | { readonly kind: 'poisson' }
  /** So many at one moment. */
  | { readonly kind: 'bursts'; readonly size: number }
  /** So many, one after the other within some milliseconds. */
  | { readonly kind: 'trickles'; readonly size: number; readonly span: number }
  /** Twice the rate for about so many milliseconds, then none for as long. */
  | { readonly kind: 'on-off'; readonly span: number }

/**
 * The times of so many items, in milliseconds.
 *
 * @param rate items per millisecond, in the long run.
 */
export function openArrivals(
  kind: OpenArrivals,
  rate: number,
  count: number,
  random: Random,
): Float64Array {
  const times = new Float64Array(count)
  let now = 0
  let index = 0
  if (kind.kind === 'on-off') {
    let end = random.exponential(kind.span)
    while (index < count) {
      now += random.exponential(1 / (2 * rate))
      while (now > end) {
        const pause = random.exponential(kind.span)
        now += pause
        end += pause + random.exponential(kind.span)
      }
      times[index++] = now
    }
    return times
  }
  const size = kind.kind === 'poisson' ? 1 : kind.size
  const span = kind.kind === 'trickles' ? kind.span : 0
  while (index < count) {
    now += random.exponential(size / rate)
    for (let item = 0; item < size && index < count; item += 1)
      times[index++] = now + span * random.uniform()
  }
  return span > 0 ? times.sort() : times
}
