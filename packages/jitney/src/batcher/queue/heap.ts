import type { Arrival } from '../departure/turns.ts'

/** What has a place in a heap, for as long as it has a value. */
export interface Node<Value> {
  /** Forgotten to take it out: neither the place nor what is left of it holds anything then. */
  value: Value | undefined
  readonly arrival: Arrival
  readonly order: number
  readonly priority?: number | undefined
}

/**
 * The first of many is at hand, everything else takes logarithmic time.
 *
 * What has lost its value is not searched for: it goes when it comes up, or when such outweigh the
 * rest.
 */
export class Heap<Value> {
  #nodes: Node<Value>[] = []
  #most = 64
  readonly #compare: (left: Node<Value>, right: Node<Value>) => number

  /** @param compare less than 0 if `left` comes first. */
  constructor(compare: (left: Node<Value>, right: Node<Value>) => number) {
    this.#compare = compare
  }

  get first(): Value | undefined {
    const nodes = this.#nodes
    while (nodes[0] !== undefined && nodes[0].value === undefined) {
      const last = nodes.pop() as Node<Value>
      let index = 0
      for (let child = 1; child < nodes.length; child = 2 * index + 1) {
        const right = nodes[child + 1]
        if (right !== undefined && this.#compare(right, nodes[child] as Node<Value>) < 0) child += 1
        const below = nodes[child] as Node<Value>
        if (this.#compare(last, below) <= 0) break
        nodes[index] = below
        index = child
      }
      if (nodes.length > 0) nodes[index] = last
    }
    return nodes[0]?.value
  }

  push(node: Node<Value>): void {
    if (this.#nodes.length > this.#most) {
      // What is sorted is a heap.
      this.#nodes = this.#nodes.filter(({ value }) => value !== undefined).sort(this.#compare)
      this.#most = 2 * this.#nodes.length + 64
    }
    const nodes = this.#nodes
    let index = nodes.length
    for (let parent; index > 0; index = parent) {
      parent = (index - 1) >> 1
      const above = nodes[parent] as Node<Value>
      if (this.#compare(above, node) <= 0) break
      nodes[index] = above
    }
    nodes[index] = node
  }
}

/** In the order in which they came. */
export function byArrival(left: Node<unknown>, right: Node<unknown>): number {
  return left.arrival.time - right.arrival.time || left.order - right.order
}
