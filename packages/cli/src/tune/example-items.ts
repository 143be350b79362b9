/** Items to measure with, one after the other and then from the first again. */
export class ExampleItems<Item> {
  readonly #items: readonly Item[]
  #next = 0

  /** @param items at least one. */
  constructor(items: readonly Item[]) {
    this.#items = items
  }

  take(count: number): Item[] {
    const first = this.#next
    this.#next = (first + count) % this.#items.length
    return Array.from({ length: count }, (_, index) => {
      return this.#items[(first + index) % this.#items.length]!
    })
  }
}
