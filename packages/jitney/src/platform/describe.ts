const longestText = 60

/** A few words for an error message about any value whatever; never throws, never long. */
export function describe(value: unknown): string {
  try {
    const text = wordsFor(value)
    return text.length > longestText ? `${text.slice(0, longestText)}…` : text
  } catch {
    return 'an object'
  }
}

/** The message of whatever was thrown, for use inside another message; never throws. */
export function messageOf(thrown: unknown): string {
  try {
    const message: unknown = thrown instanceof Error && thrown.message
    if (typeof message === 'string' && message !== '') return message
  } catch {
    // A hostile getter or proxy: described like any other object.
  }
  return describe(thrown)
}

function wordsFor(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  const size = 'length' in value ? ` of ${String(value.length)}` : ''
  if (Array.isArray(value)) return `an array${size}`
  const { name } = value.constructor
  return name === '' || name === 'Object' ? 'an object' : `an instance of ${name}${size}`
}
