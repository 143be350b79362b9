/** What has a place among others of its kind, in one heap at a time. */
export interface Placed<Value> {
  node?: Node<Value> | undefined
}

/** A place, for as long as it has a value. */
export interface Node<Value> {
  /** Forgotten to take it out: what is left of the place holds nothing then. */
  value: Value | undefined
  readonly rank: number
  readonly order: number
  left?: Node<Value> | undefined
  right?: Node<Value> | undefined
  /** How many places there are on the way that goes right. */
  depth: number
}

/**
 * The first of many is at hand, everything else takes logarithmic time.
 *
 * A leftist tree (Crane, 1972): all is done on the ways that go right, which are kept the shorter
 * ones. What has lost its value is not searched for: it goes when it is met.
 */
export class Heap<Value extends Placed<Value>> {
  #top: Node<Value> | undefined

  get first(): Value | undefined {
    return (this.#top = live(this.#top))?.value
  }

  /** Gives a value a place by its rank, and then by its order, instead of the one that it has. */
  put(value: Value, order: number, rank: number): void {
    leave(value)
    value.node = { value, rank, order, depth: 1 }
    this.#top = merge(this.#top, value.node)
  }
}

/** Takes a value out of the heap in which it is. */
export function leave<Value>(placed: Placed<Value>): void {
  if (placed.node !== undefined) placed.node.value = undefined
  placed.node = undefined
}

function merge<Value>(
  one: Node<Value> | undefined,
  other: Node<Value> | undefined,
): Node<Value> | undefined {
  const top = live(one)
  const rest = live(other)
  if (!top || !rest) return top ?? rest
  // Infinity less Infinity is no number: then the one that came first.
  if ((top.rank - rest.rank || top.order - rest.order) > 0) return merge(rest, top)
  top.right = merge(top.right, rest)
  if (depthOf(top.left) < depthOf(top.right)) [top.left, top.right] = [top.right, top.left]
  top.depth = depthOf(top.right) + 1
  return top
}

function depthOf(node: Node<unknown> | undefined): number {
  return node?.depth ?? 0
}

/** The first in a tree that has not lost its value. */
function live<Value>(top: Node<Value> | undefined): Node<Value> | undefined {
  let node = top
  while (node && !node.value) node = merge(node.left, node.right)
  return node
}
