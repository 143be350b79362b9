const longestText = 60

/** A few words for an error message about any value whatever; never throws. */
export function describe(value: unknown): string {
  try {
    if (value instanceof Error) return String(value)
    if (typeof value === 'string') return JSON.stringify(value.slice(0, longestText))
    if (typeof value === 'bigint') return `${value}n`
    if (Object(value) !== value) return String(value)
    const { constructor, length } = value as { constructor: { name: string }; length?: unknown }
    const size = typeof value === 'object' && typeof length === 'number' ? ` of ${length}` : ''
    return `an instance of ${constructor.name || 'Object'}${size}`
  } catch {
    // No constructor, or a hostile getter or proxy.
    return 'an object'
  }
}
