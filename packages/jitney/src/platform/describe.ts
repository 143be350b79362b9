const longestText = 60

/** A few words for an error message about any value whatever; never throws. */
export function describe(value: unknown): string {
  try {
    if (value instanceof Error) return String(value)
    if (typeof value === 'string') return JSON.stringify(value.slice(0, longestText))
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'function') return 'a function'
    if (Object(value) !== value) return String(value)
    const { constructor, length } = value as { constructor: { name: string }; length?: unknown }
    const { name } = constructor
    const kind = name && name !== 'Object' ? `an instance of ${name}` : 'an object'
    const known = Array.isArray(value) ? 'an array' : kind
    return typeof length === 'number' ? `${known} of ${length}` : known
  } catch {
    // No constructor, or a hostile getter or proxy.
    return 'an object'
  }
}
