import { endOfTurn } from '../platform/turn.ts'
import { type Entry, whenSettled } from './entry.ts'
import type { Runs } from './runs.ts'
import type { Turns } from './turns.ts'

interface Flush {
  readonly turn: number
  /** How often entries had left or come back. */
  readonly moves: number
  /** Kept while it waits: it belongs to the context of whoever called. */
  done: Promise<void> | undefined
}

/** Calls of `flush`. Many in a row, item by item, cost no more than the items. */
export class Flushes<Item, Result> {
  readonly #turns: Turns
  readonly #runs: Runs<Item, Result>
  readonly #since: (turn: number) => Entry<Item, Result>[]
  readonly #send: (turn: number) => void
  #last: Flush | undefined

  /**
   * @param since all who wait and came after a turn.
   * @param send sends what came until a turn without waiting for company.
   */
  constructor(
    turns: Turns,
    runs: Runs<Item, Result>,
    since: (turn: number) => Entry<Item, Result>[],
    send: (turn: number) => void,
  ) {
    this.#turns = turns
    this.#runs = runs
    this.#since = since
    this.#send = send
  }

  /** Sends all who wait; resolves when exactly those are settled. */
  async flush(): Promise<void> {
    const { moves } = this.#runs
    // If nothing has left or come back since, all that an unfinished flush waits for is still queued.
    const last = this.#last?.moves === moves ? this.#last : undefined
    const entries = this.#since(last?.turn ?? -1)
    if (entries.length === 0) await last?.done
    else await this.#begin(entries, moves, last?.done)
    await endOfTurn()
  }

  async #begin(
    entries: readonly Entry<Item, Result>[],
    moves: number,
    before: Promise<void> | undefined,
  ): Promise<void> {
    const settled = whenSettled(entries)
    const done = before === undefined ? settled : before.then(() => settled)
    const flush: Flush = { turn: this.#turns.cut(), moves, done }
    this.#last = flush
    this.#send(flush.turn)
    await done
    flush.done = undefined
  }
}
