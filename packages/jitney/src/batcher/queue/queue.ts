type Compare<Value> = (one: Value, other: Value) => number

/**
 * Values in an order, which is made when somebody looks.
 *
 * Every operation takes constant time per value at any length: what is taken out leaves a gap before
 * `#head`, or a hole, and both go when they outweigh the rest. Those who are not in order are sorted
 * together.
 */
export class Queue<Value> {
  size = 0
  isSorted = true
  #values: Value[] = []
  #head = 0
  readonly #isIn: (value: Value) => boolean
  readonly #compare: Compare<Value> | undefined

  constructor(isIn: (value: Value) => boolean, compare?: Compare<Value>) {
    this.#isIn = isIn
    this.#compare = compare
  }

  get first(): Value | undefined {
    const values = this.isSorted ? this.#values : this.all
    while (this.#head < values.length && !this.#isIn(values[this.#head] as Value)) this.#head += 1
    return values[this.#head]
  }

  /** All of them, in order. */
  get all(): Value[] {
    if (this.size < this.#values.length) {
      this.#values = this.#values.slice(this.#head).filter(this.#isIn)
      this.#head = 0
    }
    if (!this.isSorted) this.#values.sort(this.#compare)
    this.isSorted = true
    return this.#values
  }

  /** The least by another order. */
  least(compare: Compare<Value>): Value | undefined {
    const { first } = this
    let least = first
    for (let index = this.#head; index < this.#values.length; index += 1) {
      const value = this.#values[index] as Value
      if (this.#isIn(value) && compare(value, least as Value) < 0) least = value
    }
    return least
  }

  push(value: Value): void {
    this.#values.push(value)
    this.size += 1
  }

  /** Takes out the first, or one for which `isIn` holds no more. */
  drop(value: Value): void {
    this.size -= 1
    if (value === this.#values[this.#head]) this.#head += 1
    if (this.#values.length > 2 * this.size + 64) void this.all
  }

  /** Takes out all. */
  clear(): Value[] {
    const { all } = this
    this.#values = []
    this.size = 0
    return all
  }
}
