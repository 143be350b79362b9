import type { Entry } from '../entry.ts'

/** How many milliseconds of waiting one point of priority is worth. */
const agePerPoint = 1000

/** What has a place by its oldest entry, and that entry. */
export interface Placed<Value> {
  oldest?: Entry | undefined
  place?: Node<Value>
}

/** A place, for as long as it has a value. Holds nothing of the entry but numbers. */
export interface Node<Value> {
  /** Forgotten to take it out: neither the place nor what is left of it holds anything then. */
  value: Value | undefined
  readonly time: number
  readonly order: number
  /** When it came, less what its priority is worth; those for another attempt go first. */
  readonly rank: number
}

type Compare = (left: Node<unknown>, right: Node<unknown>) => number

/**
 * The first of many is at hand, everything else takes logarithmic time.
 *
 * What has lost its value is not searched for: it goes when it comes up, or when such outweigh the
 * rest.
 */
export class Heap<Value> {
  #nodes: Node<Value>[] = []
  #most = 64
  readonly #compare: Compare

  /** @param compare less than 0 if `left` comes first. */
  constructor(compare: Compare) {
    this.#compare = compare
  }

  get first(): Value | undefined {
    const nodes = this.#nodes
    while (nodes[0] && !nodes[0].value) {
      const last = nodes.pop() as Node<Value>
      let index = 0
      for (let child = 1; child < nodes.length; child = 2 * index + 1) {
        const right = nodes[child + 1]
        if (right !== undefined && this.#compare(right, nodes[child] as Node<Value>) < 0) child += 1
        nodes[index] = nodes[child] as Node<Value>
        index = child
      }
      if (nodes.length > 0) this.#rise(last, index)
    }
    return nodes[0]?.value
  }

  push(node: Node<Value>): void {
    if (this.#nodes.length > this.#most) {
      // What is sorted is a heap.
      this.#nodes = this.#nodes.filter(({ value }) => value).sort(this.#compare)
      this.#most = 2 * this.#nodes.length + 64
    }
    this.#rise(node, this.#nodes.length)
  }

  /** Puts a node at an index, or as far above it as it belongs. */
  #rise(node: Node<Value>, index: number): void {
    const parent = (index - 1) >> 1
    const above = this.#nodes[parent]
    if (above === undefined || this.#compare(above, node) <= 0) this.#nodes[index] = node
    else {
      this.#nodes[index] = above
      this.#rise(node, parent)
    }
  }
}

/** Gives a value the place of what is its oldest entry now, in each of the heaps; none without one. */
export function putInto<Value extends Placed<Value>>(
  heaps: readonly Heap<Value>[],
  value: Value,
  oldest: Entry | undefined,
): void {
  if (value.place !== undefined) value.place.value = undefined
  value.oldest = oldest
  if (oldest === undefined) return
  const { time } = oldest.arrival
  value.place = {
    value,
    time,
    order: oldest.order ?? 0,
    rank: oldest.attempts ? -Infinity : time - (oldest.priority ?? 0) * agePerPoint,
  }
  for (const heap of heaps) heap.push(value.place)
}

/** In the order in which they came. */
export const byArrival: Compare = (left, right) =>
  left.time - right.time || left.order - right.order

/** In the order in which they leave. Infinity less Infinity is no number: then the one that came first. */
export const byRank: Compare = (left, right) => left.rank - right.rank || byArrival(left, right)
