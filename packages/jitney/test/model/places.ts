import { type Entry, isAwaited, isBack } from './entry.ts'
import type { Settings } from './settings.ts'

/** Where items are that are not in a batch: arrays that are searched. */
export class Places {
  queue: Entry[] = []
  /** Those who wait for room in the queue. */
  room: Entry[] = []
  /** Those who wait for another attempt. */
  resting: Entry[] = []
  /** Halves of batches that failed. */
  halves: (readonly Entry[])[] = []
  readonly #settings: Settings

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /** All but those who wait for room. */
  get queued(): Entry[] {
    return [...this.queue, ...this.resting, ...this.halves.flat()]
  }

  get all(): Entry[] {
    return [...this.queued, ...this.room]
  }

  /** Finds a place for one who comes; false if there is none. */
  enter(entry: Entry): boolean {
    if (this.#roomLeft > 0) this.queue.push(entry)
    else if (this.#settings.overflow === 'wait') this.room.push(entry)
    else return false
    return true
  }

  /** What is left of a batch leaves in halves. */
  split(entries: readonly Entry[]): void {
    const middle = Math.ceil(entries.length / 2)
    this.halves.push(entries.slice(0, middle), entries.slice(middle))
  }

  takeOut(taken: readonly Entry[]): void {
    this.#keep((entry) => !taken.includes(entry))
  }

  /** Those whose time has come wait for another attempt no longer. */
  bringBack(isDue: (entry: Entry) => boolean): void {
    this.queue.push(...this.resting.filter(isDue))
    this.resting = this.resting.filter((entry) => !isDue(entry))
  }

  /** Lets go of those for whom nobody waits, and moves up who waits for room. */
  tidy(): void {
    this.#keep(isAwaited)
    this.queue.push(...this.room.splice(0, this.#roomLeft))
  }

  /** Items for another attempt were let in before, and do not count again. */
  get #roomLeft(): number {
    const fresh = this.queue.filter((entry) => !isBack(entry))
    return this.#settings.maxQueueSize - fresh.length
  }

  #keep(stays: (entry: Entry) => boolean): void {
    this.queue = this.queue.filter(stays)
    this.room = this.room.filter(stays)
    this.resting = this.resting.filter(stays)
    this.halves = this.halves.map((half) => half.filter(stays)).filter(({ length }) => length > 0)
  }
}
