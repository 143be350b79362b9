import type { Callers } from './callers.ts'
import { type Entry, settle } from './entry.ts'
import { Joint, Joints } from './joint.ts'
import type { Lanes } from './lanes.ts'
import type { Settings } from './options.ts'
import { type Hold, moveTo, type Place } from './place.ts'
import { Queue } from './queue.ts'

/** Decides where a new entry goes: into the queue, where callers wait for room, or to one of its kind. */
export class Admission<Item, Result> {
  /** Callers who wait for room in the queue. */
  readonly room: Queue<Item, Result> = new Queue()
  readonly #settings: Settings
  readonly #lanes: Lanes<Item, Result>
  readonly #callers: Callers<Item, Result>
  readonly #joints = new Joints<Item, Result>()

  constructor(settings: Settings, lanes: Lanes<Item, Result>, callers: Callers<Item, Result>) {
    this.#settings = settings
    this.#lanes = lanes
    this.#callers = callers
  }

  /**
   * Lets an entry in, and says whether there is a full batch now.
   *
   * @param key its `dedupeKey`.
   * @throws QueueFullError
   */
  admit(entry: Entry<Item, Result>, key: unknown): boolean {
    return this.#settings.dedupeKey === undefined
      ? this.#enter(entry, this.#findPlace())
      : this.#join(entry, key)
  }

  /** Moves callers who wait for room into the queue, in the order in which they came. */
  advance(): void {
    if (this.room.size === 0) return
    const entries = this.room.take(this.#lanes.room)
    moveTo(this.#lanes, entries)
    for (const entry of entries) this.#lanes.push(entry)
  }

  /** The entry that leaves with a caller, and from where; none if others share it. */
  leave(
    caller: Entry<Item, Result>,
    place: Hold<Item, Result>['place'],
  ): [entry: Entry<Item, Result>, place: Place<Item, Result>] | undefined {
    if (!(place instanceof Joint)) return [caller, place]
    const { callers, entry } = place
    callers.delete(caller)
    if (callers.size > 0) return undefined
    settle(entry, undefined as Result)
    return [entry, place.place]
  }

  #findPlace(): Lanes<Item, Result> | Queue<Item, Result> {
    if (this.#lanes.room > 0) return this.#lanes
    const { maxQueueSize, overflow } = this.#settings
    if (overflow === 'wait') return this.room
    throw this.#callers.fullError(maxQueueSize)
  }

  #enter(entry: Entry<Item, Result>, place: Lanes<Item, Result> | Queue<Item, Result>): boolean {
    if (entry.ticket !== undefined) entry.ticket.place = place
    return place.push(entry)
  }

  /** Shares the entry of an item with the same key, or begins one. */
  #join(caller: Entry<Item, Result>, key: unknown): boolean {
    const { details } = caller
    let full = false
    let joint = this.#joints.find(details?.key, key)
    if (joint === undefined) {
      const place = this.#findPlace()
      const entry: Entry<Item, Result> = { ...caller, ticket: undefined }
      joint = this.#joints.add(details?.key, key, entry)
      const { callers } = joint
      entry.resolve = (result) => {
        for (const sharer of callers) settle(sharer, result)
        // One was counted for the entry.
        this.#callers.fulfilled += Math.max(0, callers.size - 1)
      }
      full = this.#enter(entry, place)
    }
    caller.item = undefined as Item
    joint.callers.add(caller)
    if (caller.ticket !== undefined) caller.ticket.place = joint
    return full
  }
}
