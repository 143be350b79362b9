/** Items that are told apart, and how to give what is known of them to all. */
export interface Distinct<Item> {
  readonly firsts: readonly Item[]
  spread<Result>(results: readonly Result[]): Result[]
}

/** Those items of which there was no equal one before. */
export function distinct<Item>(
  items: readonly Item[],
  identityOf: (item: Item) => unknown,
): Distinct<Item> {
  const places = new Map<unknown, number>()
  const firsts: Item[] = []
  const placeOf = items.map((item) => {
    const identity = identityOf(item)
    let place = places.get(identity)
    if (place === undefined) {
      place = firsts.push(item) - 1
      places.set(identity, place)
    }
    return place
  })
  return { firsts, spread: (results) => placeOf.map((place) => results[place]!) }
}
