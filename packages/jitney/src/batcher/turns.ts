import type { Clock } from '../platform/clock.ts'
import { atEndOfTurn } from '../platform/turn.ts'

/** A turn in which items came: they share it, so that time is read once per turn and not per item. */
export interface Arrival {
  /** When the turn began, in milliseconds on the batcher's clock. */
  readonly time: number
  /** Turns are numbered, so that `flush` can tell what was there before it. */
  readonly turn: number
}

/** The turns of one batcher: in which one an item came, and when it ends. */
export class Turns {
  readonly #clock: Clock
  readonly #onEnd: () => void
  #arrival: Arrival | undefined
  #turn = 0
  #willEnd = false

  constructor(clock: Clock, onEnd: () => void) {
    this.#clock = clock
    this.#onEnd = onEnd
  }

  /** The turn of an item that comes now. */
  get arrival(): Arrival {
    return this.#arrival ?? this.#begin()
  }

  /** Whether items came now, and not in a turn that has ended. */
  isCurrent(arrival: Arrival): boolean {
    return arrival === this.#arrival
  }

  /** Has `onEnd` called at the end of this turn, once. */
  awaitEnd(): void {
    if (this.#willEnd) return
    this.#willEnd = true
    atEndOfTurn(this.#end)
  }

  /** Begins another turn, for items that come from now on. Gives the number of the last one. */
  cut(): number {
    this.#arrival = undefined
    return this.#turn
  }

  #begin(): Arrival {
    this.#turn += 1
    this.#arrival = { time: this.#clock.now(), turn: this.#turn }
    this.awaitEnd()
    return this.#arrival
  }

  readonly #end = (): void => {
    this.#willEnd = false
    this.#arrival = undefined
    this.#onEnd()
  }
}
