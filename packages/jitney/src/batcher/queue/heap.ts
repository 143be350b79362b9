import type { Entry } from '../entry.ts'

/** The place of a value, for as long as it has one. */
interface Node<Value> {
  /** Forgotten to take it out: what is left of the place holds nothing then. */
  value: Value | undefined
  readonly rank: number
  readonly order: number
  left?: Node<Value> | undefined
  right?: Node<Value> | undefined
}

/**
 * Values by key, in the order of an entry that stands for each: the first is at hand, its place is
 * changed in logarithmic time.
 *
 * A tree in which each goes before those below it, and all is done on ways down that are drawn by
 * lot: those are short whatever its shape (Gambin and Malinowski, 1998). What has lost its value is
 * not searched for: it goes when it is met.
 */
export class Heap<Value> {
  readonly #nodes = new Map<unknown, Node<Value>>()
  #top: Node<Value> | undefined

  get first(): Value | undefined {
    return (this.#top = live(this.#top))?.value
  }

  get(key: unknown): Value | undefined {
    return this.#nodes.get(key)?.value
  }

  get all(): Value[] {
    return Array.from(this.#nodes.values(), ({ value }) => value as Value)
  }

  /** Gives a value the place of an entry, by its rank and then by its order; none without an entry. */
  put(key: unknown, value: Value, entry: Entry | undefined, rank = 0): void {
    const old = this.#nodes.get(key)
    if (old?.order === entry?.order) return
    if (old) old.value = undefined
    if (entry) {
      const node: Node<Value> = { value, rank, order: entry.order }
      this.#nodes.set(key, node)
      this.#top = merge(this.#top, node)
    } else this.#nodes.delete(key)
  }
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
  if (Math.random() < 0.5) top.left = merge(top.left, rest)
  else top.right = merge(top.right, rest)
  return top
}

/** The first in a tree that has not lost its value. */
function live<Value>(top: Node<Value> | undefined): Node<Value> | undefined {
  let node = top
  while (node && !node.value) node = merge(node.left, node.right)
  return node
}
