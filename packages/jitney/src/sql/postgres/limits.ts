/** Placeholders of one statement: their number is sent as two bytes. */
export const mostParameters: number = 65_535

/** Well below the gigabyte that a value may have. */
export const mostBytes: number = 2 ** 28
