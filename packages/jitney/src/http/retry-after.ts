/** What of a response's headers is read here. */
export interface HeaderReader {
  get(name: string): string | null
}

/**
 * Milliseconds that a server asks to wait: `retry-after-ms`, else `Retry-After` in seconds or as a
 * date (RFC 9110, 10.2.3), which is held against the server's own clock where it tells.
 */
export function retryAfterOf(headers: HeaderReader): number | undefined {
  const milliseconds = amountIn(headers.get('retry-after-ms'))
  if (milliseconds !== undefined) return milliseconds
  const text = headers.get('retry-after')
  const seconds = amountIn(text)
  if (seconds !== undefined) return seconds * 1000
  const date = dateIn(text)
  if (Number.isNaN(date)) return undefined
  const now = dateIn(headers.get('date'))
  return Math.max(0, date - (Number.isNaN(now) ? new Date().getTime() : now))
}

/** As HTTP has it: `Date.parse` makes a year of a number. */
function dateIn(text: string | null): number {
  return text !== null && text.endsWith('GMT') ? Date.parse(text) : NaN
}

function amountIn(text: string | null): number | undefined {
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined
}
