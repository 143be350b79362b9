/** Placeholders of one statement, unless SQLite was compiled with others. */
export const mostParameters: number = 32_766
