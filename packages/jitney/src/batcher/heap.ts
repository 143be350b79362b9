/**
 * What comes before all others is at hand; everything else takes logarithmic time.
 *
 * Values may go out without being searched for: `isIn` tells, and they are skipped.
 */
export class Heap<Value> {
  #values: Value[] = []
  readonly #compare: (left: Value, right: Value) => number
  readonly #isIn: (value: Value) => boolean

  /** @param compare less than 0 if `left` comes first. */
  constructor(compare: (left: Value, right: Value) => number, isIn: (value: Value) => boolean) {
    this.#compare = compare
    this.#isIn = isIn
  }

  get first(): Value | undefined {
    for (;;) {
      const [first] = this.#values
      if (first === undefined || this.#isIn(first)) return first
      this.pop()
    }
  }

  push(value: Value): void {
    const values = this.#values
    let index = values.length
    for (let parent; index > 0; index = parent) {
      parent = (index - 1) >> 1
      const above = values[parent] as Value
      if (this.#compare(value, above) >= 0) break
      values[index] = above
    }
    values[index] = value
  }

  /** Takes out the first. */
  pop(): void {
    const values = this.#values
    const last = values.pop() as Value
    if (values.length === 0) return
    let index = 0
    for (let child = 1; child < values.length; child = 2 * index + 1) {
      const right = values[child + 1]
      if (right !== undefined && this.#compare(right, values[child] as Value) < 0) child += 1
      const below = values[child] as Value
      if (this.#compare(last, below) <= 0) break
      values[index] = below
      index = child
    }
    values[index] = last
  }

  /** Lets go of what has gone out, once that outweighs the `live` values. */
  trim(live: number): void {
    if (this.#values.length < 2 * live + 64) return
    // Sorted, any array is a heap.
    this.#values = this.#values.filter(this.#isIn).sort(this.#compare)
  }
}
