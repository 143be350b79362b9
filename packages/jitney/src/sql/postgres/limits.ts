/** Placeholders of one statement: their number is sent as two bytes. */
export const mostParameters: number = 65_535

/** Well below the gigabyte that a value may have. */
export const mostBytes: number = 2 ** 28

/** Most that a value's text takes: units have up to three bytes, and quotes of its own are more. A
 * number has 24 characters at most. */
export function bytesOf(text: string | number | null): number {
  return typeof text === 'string' ? 3 * text.length + 3 : 32
}
