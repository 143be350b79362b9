/** A run of indexes, the last one included. */
type Range = [first: number, last: number]

/**
 * Which items are done, as runs of indexes: in constant memory, as the gaps between them are items
 * in flight.
 */
export class DoneSet {
  readonly #ranges: Range[]
  #count = 0

  constructor(ranges: readonly (readonly [number, number])[] = []) {
    this.#ranges = ranges.map(([first, last]) => [first, last])
    for (const [first, last] of this.#ranges) this.#count += last - first + 1
  }

  get count(): number {
    return this.#count
  }

  get ranges(): readonly (readonly [number, number])[] {
    return this.#ranges
  }

  /** Whether it holds the first ones and no others. */
  get isContiguous(): boolean {
    return this.#count === 0 || (this.#ranges.length === 1 && this.#ranges[0]![0] === 0)
  }

  has(index: number): boolean {
    const range = this.#ranges[this.#position(index)]
    return range !== undefined && index <= range[1]
  }

  /** Returns false if it was there already. */
  add(index: number): boolean {
    const position = this.#position(index)
    const before = this.#ranges[position]
    if (before !== undefined && index <= before[1]) return false
    this.#count += 1
    const after = this.#ranges[position + 1]
    const isNextToBefore = before?.[1] === index - 1
    const isNextToAfter = after?.[0] === index + 1
    if (isNextToBefore && isNextToAfter) {
      before[1] = after[1]
      this.#ranges.splice(position + 1, 1)
    } else if (isNextToBefore) before[1] = index
    else if (isNextToAfter) after[0] = index
    else this.#ranges.splice(position + 1, 0, [index, index])
    return true
  }

  /** The last range that begins at or before this index; -1 if there is none. */
  #position(index: number): number {
    let low = 0
    let high = this.#ranges.length
    // Mostly it is the last one.
    if (high > 0 && this.#ranges[high - 1]![0] <= index) return high - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#ranges[middle]![0] <= index) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}
