const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const precise = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const rough = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 })

export function formatCount(value: number): string {
  return value >= 100 ? whole.format(value) : precise.format(value)
}

/** Milliseconds, in the unit that suits them. */
export function formatTime(milliseconds: number): string {
  if (milliseconds >= 2000) return `${formatCount(milliseconds / 1000)} s`
  if (milliseconds >= 0.1) return `${formatCount(milliseconds)} ms`
  // To whoever batches, less than a tenth of a nanosecond is nothing.
  return `${formatCount(milliseconds < 1e-7 ? 0 : milliseconds * 1000)} us`
}

export function formatPercent(part: number): string {
  if (!Number.isFinite(part)) return '?'
  // Below that it is what rounding leaves.
  return `${rough.format(part < 1e-6 ? 0 : part * 100)} %`
}

/** `3 batches`, `1 batch`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}
