/** Placeholders of one statement. */
export const mostParameters: number = 65_535
