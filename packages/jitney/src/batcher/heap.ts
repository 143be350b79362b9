import type { Entry } from './entry.ts'

interface Slot<Node> {
  readonly node: Node
  /** What stood for the node when it was put here. */
  readonly entry: Entry
}

/**
 * Groups of entries, each in its place by the entry that stands for it: the first is at hand,
 * everything else takes logarithmic time.
 *
 * A group that is given a later entry, or none, is put right when it comes up, not searched for; one
 * that is given an earlier one is pushed once more.
 */
export class Heap<Node> {
  #slots: Slot<Node>[] = []
  #most = 64
  readonly #entryOf: (node: Node) => Entry | undefined
  readonly #compare: (left: Entry, right: Entry) => number

  /** @param compare less than 0 if `left` comes first. */
  constructor(
    entryOf: (node: Node) => Entry | undefined,
    compare: (left: Entry, right: Entry) => number,
  ) {
    this.#entryOf = entryOf
    this.#compare = compare
  }

  get first(): Node | undefined {
    for (let top = this.#slots[0]; top !== undefined; top = this.#slots[0]) {
      const entry = this.#entryOf(top.node)
      if (entry === top.entry) return top.node
      this.pop()
      this.push(top.node)
    }
    return undefined
  }

  /** All of them, each once. */
  get nodes(): Set<Node> {
    return new Set(this.#slots.map(({ node }) => node))
  }

  push(node: Node): void {
    const entry = this.#entryOf(node)
    if (entry === undefined) return
    if (this.#slots.length > this.#most) this.#tidy()
    const slots = this.#slots
    let index = slots.length
    for (let parent; index > 0; index = parent) {
      parent = (index - 1) >> 1
      const above = slots[parent] as Slot<Node>
      if (this.#compare(entry, above.entry) >= 0) break
      slots[index] = above
    }
    slots[index] = { node, entry }
  }

  /** Takes out the first. */
  pop(): void {
    const slots = this.#slots
    const last = slots.pop() as Slot<Node>
    if (slots.length === 0) return
    let index = 0
    for (let child = 1; child < slots.length; child = 2 * index + 1) {
      const right = slots[child + 1]
      if (right !== undefined && this.#compare(right.entry, (slots[child] as Slot<Node>).entry) < 0)
        child += 1
      const below = slots[child] as Slot<Node>
      if (this.#compare(last.entry, below.entry) <= 0) break
      slots[index] = below
      index = child
    }
    slots[index] = last
  }

  /** Lets go of what has gone, before it outweighs the rest. */
  #tidy(): void {
    const { nodes } = this
    this.#slots = []
    for (const node of nodes) this.push(node)
    this.#most = 2 * this.#slots.length + 64
  }
}
