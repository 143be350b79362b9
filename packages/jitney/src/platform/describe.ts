const longestText = 60

/** A few words for an error message about any value whatever; never throws. */
export function describe(value: unknown): string {
  try {
    if (typeof value === 'string') return JSON.stringify(value.slice(0, longestText))
    // Of a bigint the digits alone would look like a number.
    const isPrimitive = Object(value) !== value && typeof value !== 'bigint'
    if (isPrimitive || value instanceof Error) return String(value)
    const { constructor, length } = value as { constructor: { name: string }; length?: unknown }
    const kind = `an instance of ${constructor.name || 'Object'}`
    return typeof length === 'number' ? `${kind} of ${length}` : kind
  } catch {
    // No constructor, or a hostile getter or proxy.
    return 'an object'
  }
}
