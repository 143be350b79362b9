import type { DeadLetter } from '../transport.ts'
import type { Item } from './item.ts'

interface Grave {
  readonly item: Item
  readonly reason: string
  readonly diedAt: number
}

/** Items that were given up, oldest first; beyond so many the oldest go. */
export class DeadLetters {
  readonly #most: number
  readonly #graves: Map<string, Grave> = new Map()

  constructor(most: number) {
    this.#most = most
  }

  get size(): number {
    return this.#graves.size
  }

  add(item: Item, reason: string, now: number): void {
    // One that died before is the newest now.
    this.#graves.delete(item.id)
    this.#graves.set(item.id, { item, reason, diedAt: now })
    for (const id of this.#graves.keys()) {
      if (this.#graves.size <= this.#most) break
      this.#graves.delete(id)
    }
  }

  list(most: number, after: string | undefined, now: number): DeadLetter[] {
    const graves = [...this.#graves.values()]
    const start = after === undefined ? 0 : graves.findIndex(({ item }) => item.id === after) + 1
    return graves.slice(start, start + most).map(({ item, reason, diedAt }) => {
      const { id, body, attempts } = item
      return { id, body, attempts, age: now - diedAt, reason }
    })
  }

  /** Takes out those of these ids that are there. */
  take(ids: readonly string[]): Item[] {
    return ids.flatMap((id) => {
      const grave = this.#graves.get(id)
      this.#graves.delete(id)
      return grave?.item ?? []
    })
  }
}
