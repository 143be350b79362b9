const longestText = 60

/** A few words for an error message about any value whatever; never throws, never long. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return shorten(JSON.stringify(value))
    case 'bigint':
      return shorten(`${value}n`)
    case 'symbol':
      return shorten(String(value))
    case 'function':
      return 'a function'
    case 'object':
      return value === null ? 'null' : describeObject(value)
    default:
      return Object.is(value, -0) ? '-0' : String(value)
  }
}

function describeObject(value: object): string {
  try {
    if (Array.isArray(value)) return `an array of ${value.length}`
    const name: unknown = Object.getPrototypeOf(value)?.constructor?.name
    if (typeof name !== 'string' || name === '' || name === 'Object') return 'an object'
    const size = ArrayBuffer.isView(value) && 'length' in value ? ` of ${String(value.length)}` : ''
    return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${shorten(name)}${size}`
  } catch {
    return 'an object'
  }
}

/** The message of whatever was thrown, for use inside another message; never throws. */
export function messageOf(thrown: unknown): string {
  try {
    const message: unknown = thrown instanceof Error ? thrown.message : ''
    if (typeof message === 'string' && message !== '') return message
  } catch {
    // A hostile getter or proxy: described like any other object.
  }
  return describe(thrown)
}

function shorten(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text
}
