import { Alarm } from '../platform/alarm.ts'
import type { Clock } from '../platform/clock.ts'
import type { Within } from '../platform/context.ts'
import { type Entry, isWaiting } from './entry.ts'
import { moveTo, type Place } from './place.ts'

/** Entries that left together and will leave again together. */
export class Group<Item, Result> implements Place<Item, Result> {
  /** When they are due, in milliseconds. */
  readonly due: number
  readonly #entries: readonly Entry<Item, Result>[]
  readonly #onDrop: (group: Group<Item, Result>, live: number) => void
  #live: number

  /** @param onDrop told how many are left when one has been settled. */
  constructor(
    entries: readonly Entry<Item, Result>[],
    due: number,
    onDrop: (group: Group<Item, Result>, live: number) => void,
  ) {
    this.due = due
    this.#entries = entries
    this.#onDrop = onDrop
    this.#live = entries.length
    moveTo(this, entries)
  }

  /** Those that are not settled. */
  get waiting(): Entry<Item, Result>[] {
    return this.#entries.filter(isWaiting)
  }

  drop(): boolean {
    this.#live -= 1
    this.#onDrop(this, this.#live)
    return false
  }
}

/** Entries that left and will leave again: those that wait for another attempt, and halves of batches. */
export class Returns<Item, Result> {
  size = 0
  readonly #clock: Clock
  readonly #alarm: Alarm
  readonly #onDue: (entries: readonly Entry<Item, Result>[]) => void
  readonly #attempts = new Set<Group<Item, Result>>()
  readonly #halves = new Set<Group<Item, Result>>()

  /** @param onDue called with those whose time has come for another attempt. */
  constructor(
    clock: Clock,
    within: Within,
    onDue: (entries: readonly Entry<Item, Result>[]) => void,
  ) {
    this.#clock = clock
    this.#onDue = onDue
    this.#alarm = new Alarm(clock, within, () => {
      this.#release(clock.now())
    })
  }

  /** Keeps entries for another attempt after `delay` milliseconds. */
  keep(entries: readonly Entry<Item, Result>[], delay: number): void {
    const due = this.#clock.now() + delay
    this.#add(this.#attempts, entries, due)
    this.#alarm.set(Math.min(this.#alarm.deadline, due))
  }

  /** Has all attempts made at once. */
  releaseAll(): void {
    this.#release(Infinity)
  }

  /** Keeps the halves of a batch, which leave as they are. */
  split(entries: readonly Entry<Item, Result>[]): void {
    const middle = Math.ceil(entries.length / 2)
    for (const half of [entries.slice(0, middle), entries.slice(middle)]) {
      if (half.length > 0) this.#add(this.#halves, half, -Infinity)
    }
  }

  /** The half that leaves next, of those with an entry that may leave. */
  half(mayLeave: (entry: Entry<Item, Result>) => boolean): Group<Item, Result> | undefined {
    for (const half of this.#halves) if (half.waiting.some(mayLeave)) return half
    return undefined
  }

  /** Takes out a half. */
  take(half: Group<Item, Result>): Entry<Item, Result>[] {
    const { waiting } = half
    this.#halves.delete(half)
    this.size -= waiting.length
    return waiting
  }

  /** Takes note that an entry has just been settled, as all will be. */
  drop(): void {
    this.size -= 1
    if (this.size > 0) return
    this.#attempts.clear()
    this.#halves.clear()
    this.#arm()
  }

  /** The entries that came, or came back, after a turn. */
  since(turn: number): Entry<Item, Result>[] {
    return [...this.#halves, ...this.#attempts]
      .flatMap(({ waiting }) => waiting)
      .filter(({ arrival }) => arrival.turn > turn)
  }

  #add(
    groups: Set<Group<Item, Result>>,
    entries: readonly Entry<Item, Result>[],
    due: number,
  ): void {
    this.size += entries.length
    const group = new Group(entries, due, (emptied, live) => {
      this.size -= 1
      // The alarm would ring for nobody.
      if (live === 0 && groups.delete(emptied)) this.#arm()
    })
    groups.add(group)
  }

  /** Lets those go whose time has come. */
  #release(now: number): void {
    const entries: Entry<Item, Result>[] = []
    for (const group of this.#attempts) {
      if (group.due > now) continue
      this.#attempts.delete(group)
      for (const entry of group.waiting) entries.push(entry)
    }
    this.#arm()
    this.size -= entries.length
    if (entries.length > 0) this.#onDue(entries)
  }

  #arm(): void {
    let first = Infinity
    for (const { due } of this.#attempts) first = Math.min(first, due)
    this.#alarm.set(first)
  }
}
