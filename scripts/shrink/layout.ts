import { readFileSync } from 'node:fs'

/**
 * Which module stands before which, and in each the order of what it declares: by their paths without
 * extension, and by name.
 *
 * gzip writes what it has seen a short while ago in fewer bits, so that what is alike has to be near.
 */
export type Layout = Readonly<Record<string, readonly string[]>>

export const layoutFile: URL = new URL('layout.json', import.meta.url)

export function readLayout(): Layout {
  return JSON.parse(readFileSync(layoutFile, 'utf8')) as Layout
}

/** Sorts by where a name stands in a list; what is not there comes last, as it was. */
export function sortBy<Thing>(
  things: readonly Thing[],
  order: readonly string[],
  nameOf: (thing: Thing) => string,
): Thing[] {
  const places = new Map(order.map((name, place) => [name, place]))
  const placeOf = (thing: Thing): number => places.get(nameOf(thing)) ?? order.length
  return things.toSorted((one, other) => placeOf(one) - placeOf(other))
}
