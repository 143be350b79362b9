/**
 * What was typed, with a negative number made the value of the flag before it: `--retry -1` would be
 * two flags otherwise, of which the first has no value, and that is not what came.
 */
export function withNegatives(argv: readonly string[]): string[] {
  const joined: string[] = []
  for (const [index, given] of argv.entries()) {
    if (given === '--') return [...joined, ...argv.slice(index)]
    const flag = joined.at(-1) ?? ''
    const isValue = /^-\d/.test(given) && /^--[^=]+$/.test(flag)
    if (isValue) joined[joined.length - 1] = `${flag}=${given}`
    else joined.push(given)
  }
  return joined
}
