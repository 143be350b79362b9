/** Headers by their names; those that came more than once as a list. */
export function joinHeaders(
  headers: readonly (readonly [name: string, value: string])[],
): Readonly<Record<string, string | string[]>> {
  const read: Record<string, string | string[]> = {}
  for (const [key, value] of headers) {
    const before = read[key]
    read[key] = before === undefined ? value : [before, value].flat()
  }
  return read
}
