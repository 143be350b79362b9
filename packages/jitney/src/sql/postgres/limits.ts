/** Placeholders of one statement: their number is sent as two bytes. */
export const mostParameters: number = 65_535

/** Well below the gigabyte that a value may have. */
export const mostBytes: number = 2 ** 28

/** Most that a value's text takes: units have up to three bytes, and quotes of its own are more. */
export function bytesOf(text: string | null): number {
  return 3 * (text?.length ?? 4) + 3
}
