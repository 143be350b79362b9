import type { Alarm } from '../platform/alarm.ts'
import { type Entry, isWaiting, moveTo, type Place } from './entry.ts'
import type { State } from './state.ts'

/** Entries that left together and will leave again together: a half of a batch, or another attempt. */
export class Group implements Place {
  /** Rings when they are due. */
  alarm: Alarm | undefined
  readonly #state: State
  readonly #groups: Set<Group>
  readonly #entries: readonly Entry[]
  #live: number

  /** @param groups those of its kind. */
  constructor(state: State, groups: Set<Group>, entries: readonly Entry[]) {
    this.#state = state
    this.#groups = groups
    this.#entries = entries
    this.#live = entries.length
    state.returning += entries.length
    groups.add(this)
    for (const entry of entries) moveTo(this, entry)
  }

  /** Those that are not settled. */
  get entries(): Entry[] {
    return this.#entries.filter(isWaiting)
  }

  /** Those that came, or came back, after a turn. */
  since(turn: number): Entry[] {
    return this.entries.filter(({ arrival }) => arrival.turn > turn)
  }

  drop(): void {
    this.#live -= 1
    this.#state.returning -= 1
    if (this.#live === 0) this.leave()
  }

  /** Ends the wait. */
  leave(): Entry[] {
    this.#groups.delete(this)
    this.#state.returning -= this.#live
    this.alarm?.clear()
    return this.entries
  }
}
