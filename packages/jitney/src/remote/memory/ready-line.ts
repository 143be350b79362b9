import type { Item } from './item.ts'

/** Items of one priority: those that were given back, then the others, each in order. */
interface Rank {
  readonly returned: Set<Item>
  readonly fresh: Set<Item>
}

/** Items that wait to be claimed. Only the sign of their priority counts. */
export class ReadyLine {
  readonly #ranks: readonly [Rank, Rank, Rank] = [emptyRank(), emptyRank(), emptyRank()]

  get size(): number {
    return this.#sets().reduce((sum, set) => sum + set.size, 0)
  }

  /** All of them, in the order in which they are claimed. */
  *[Symbol.iterator](): Generator<Item, void, undefined> {
    for (const set of this.#sets()) yield* set
  }

  /** @param isReturned whether it was in the line before, and keeps its age. */
  add(item: Item, isReturned: boolean): void {
    this.#rankOf(item)[isReturned ? 'returned' : 'fresh'].add(item)
  }

  /** Takes an item out; says whether it was there. */
  delete(item: Item): boolean {
    const { returned, fresh } = this.#rankOf(item)
    return returned.delete(item) || fresh.delete(item)
  }

  #rankOf({ priority }: Item): Rank {
    return this.#ranks[1 - Math.sign(priority)] as Rank
  }

  #sets(): Set<Item>[] {
    return this.#ranks.flatMap(({ returned, fresh }) => [returned, fresh])
  }
}

function emptyRank(): Rank {
  return { returned: new Set(), fresh: new Set() }
}
