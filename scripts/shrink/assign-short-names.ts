import type { Names } from './find-names.ts'

/** Roughly as often as minified code has them: a common letter costs less when compressed. */
const letters = 'terionsaflcdpumhgybvwxkqjzSTEARCNILOMDPUBFHGVWYKXQJZ'.split('')

/**
 * Gives each name its usual one if that may be, or else a short one, the most frequent first, equals in the order of the alphabet. Those of
 * which no object has both get the same: what repeats itself compresses better.
 *
 * @param beside for each name those that must not get the same.
 * @param usual what compressed best when `scripts/tune-short-names.ts` last looked for that.
 */
export function assignShortNames(
  { internal, kept }: Names,
  beside: ReadonlyMap<string, ReadonlySet<string>>,
  usual: Readonly<Record<string, string>> = {},
): Map<string, string> {
  const shortNames = new Map<string, string>()
  const free = letters.filter((letter) => !kept.has(letter))
  const sorted = [...internal].sort(
    ([left, most], [right, least]) => least - most || (left < right ? -1 : 1),
  )
  for (const [name] of sorted) {
    const taken = new Set([...(beside.get(name) ?? [])].map((other) => shortNames.get(other)))
    const wanted = free.filter((letter) => letter === usual[name])
    const short = [...wanted, ...free].find((letter) => !taken.has(letter))
    if (short !== undefined) shortNames.set(name, short)
  }
  return shortNames
}
