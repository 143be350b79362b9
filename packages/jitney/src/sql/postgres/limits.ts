/** Placeholders of one statement: their number is sent as two bytes. */
export const mostParameters = 65_535

/** Well below the gigabyte that a value may have. */
export const mostBytes = 2 ** 28
