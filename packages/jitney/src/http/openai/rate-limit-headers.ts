import type { HeaderReader } from '../retry-after.ts'

const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }

/**
 * Milliseconds until a request of so many tokens fits again, by the `x-ratelimit-*` headers of the
 * answer before: requests and tokens come back evenly, and `reset` tells when all of them are there.
 * 0 if it fits now, or where the headers say nothing (some servers say -1).
 *
 * @param most tokens of any request: `tokens` counts them only if there is room for less.
 */
export function holdOf(headers: HeaderReader, most: number, tokens: () => number): number {
  return Math.max(
    holdFor(headers, 'requests', 1, () => 1),
    holdFor(headers, 'tokens', most, tokens),
  )
}

function holdFor(
  headers: HeaderReader,
  kind: 'requests' | 'tokens',
  largest: number,
  needOf: () => number,
): number {
  const limit = numberIn(headers.get(`x-ratelimit-limit-${kind}`))
  const remaining = numberIn(headers.get(`x-ratelimit-remaining-${kind}`))
  const reset = durationIn(headers.get(`x-ratelimit-reset-${kind}`))
  if (remaining === undefined || reset === undefined || remaining >= largest) return 0
  const need = needOf()
  const most = Math.max(limit ?? remaining + need, 1)
  // More than the limit never fits: then all of it is waited for, and the server decides.
  const missing = Math.min(need, most) - remaining
  return missing <= 0 ? 0 : Math.ceil((reset * missing) / Math.max(most - remaining, 1))
}

function numberIn(text: string | null): number | undefined {
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined
}

/** As in `6m0s`, `1.5s` or `20ms`. */
function durationIn(text: string | null): number | undefined {
  if (text === null || !/^(\d+(\.\d+)?(ms|h|m|s))+$/.test(text)) return undefined
  let sum = 0
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ms|h|m|s)/g)) {
    sum += Number(amount) * units[unit!]!
  }
  return sum
}
