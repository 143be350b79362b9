import type { AsyncCommand } from 'fast-check'

import type { Model } from '../model.ts'
import type { System } from '../system.ts'
import { verify } from '../verify.ts'

/** What a program does in the middle of a turn. Does nothing where it makes no sense. */
export interface Action {
  readonly name: string
  /** @param key that of the items which come in this turn. */
  readonly run: (model: Model, system: System, key: string) => void
}

/** No two turns are at the same moment: whose items came first, and who comes back first, is known. */
const moment = 2 ** -14

/** Several actions in one turn, then all that follows from them. */
export class Turn implements AsyncCommand<Model, System> {
  readonly #actions: readonly Action[]
  readonly #key: string

  constructor(actions: readonly Action[], key = 'a') {
    this.#actions = actions
    this.#key = key
  }

  check(): boolean {
    return true
  }

  async run(model: Model, system: System): Promise<void> {
    await system.advance(moment)
    model.advance(moment)
    for (const action of this.#actions) action.run(model, system, this.#key)
    await system.endTurn()
    model.endTurn()
    verify(model, system)
  }

  toString(): string {
    return `turn(key ${this.#key}: ${this.#actions.map(({ name }) => name).join('; ')})`
  }
}
