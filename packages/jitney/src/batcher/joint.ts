import type { Entry } from './entry.ts'
import { type Hold, nowhere, type Place } from './place.ts'

/**
 * One entry that several callers share, because their items have the same key.
 *
 * The entry is queued and sent like any other; each caller has a record of its own and leaves
 * alone. When the last has left, the entry leaves too.
 */
export class Joint<Item, Result> implements Hold<Item, Result> {
  /** Where the entry is. */
  place: Place<Item, Result> = nowhere
  /** Those who wait. */
  readonly callers: Set<Entry<Item, Result>> = new Set()
  readonly entry: Entry<Item, Result>
  readonly #forget: () => void

  /** @param forget called once nobody can join any more. */
  constructor(entry: Entry<Item, Result>, forget: () => void) {
    this.entry = entry
    this.#forget = forget
  }

  release(): void {
    this.#forget()
  }
}

/** Entries that can be joined, by batch key and key. */
export class Joints<Item, Result> {
  readonly #byKey = new Map<unknown, Map<unknown, Joint<Item, Result>>>()

  find(batchKey: unknown, key: unknown): Joint<Item, Result> | undefined {
    return this.#byKey.get(batchKey)?.get(key)
  }

  /** Lets others join an entry until it is settled. */
  add(batchKey: unknown, key: unknown, entry: Entry<Item, Result>): Joint<Item, Result> {
    const joints = this.#byKey.get(batchKey) ?? new Map<unknown, Joint<Item, Result>>()
    const joint = new Joint(entry, () => {
      joints.delete(key)
      if (joints.size === 0) this.#byKey.delete(batchKey)
    })
    this.#byKey.set(batchKey, joints.set(key, joint))
    entry.ticket = joint
    return joint
  }
}
