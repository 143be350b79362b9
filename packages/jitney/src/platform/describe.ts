const longestText = 60

/** A few words for an error message about any value whatever; never throws. */
export function describe(value: unknown): string {
  try {
    if (typeof value === 'string') return JSON.stringify(value.slice(0, longestText))
    if (Object(value) !== value || value instanceof Error) {
      // Of a bigint the digits alone would look like a number.
      return typeof value === 'bigint' ? `${value}n` : String(value)
    }
    const { length } = value as { length?: unknown }
    const kind = {}.toString.call(value).slice(8, -1)
    return typeof length === 'number' ? `${kind} of ${length}` : kind
  } catch {
    // A hostile getter or proxy.
    return 'an object'
  }
}
