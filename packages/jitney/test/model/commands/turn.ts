import type { AsyncCommand } from 'fast-check'

import type { Model } from '../model.ts'
import type { System } from '../system.ts'
import { verify } from '../verify.ts'

/** Something that a program does in the middle of a turn. Does nothing where it makes no sense. */
export interface Action {
  readonly name: string
  readonly run: (model: Model, system: System) => void
}

/** Several actions in one turn, then all that follows from them. */
export class Turn implements AsyncCommand<Model, System> {
  readonly #actions: readonly Action[]

  constructor(actions: readonly Action[]) {
    this.#actions = actions
  }

  check(): boolean {
    return true
  }

  async run(model: Model, system: System): Promise<void> {
    for (const action of this.#actions) action.run(model, system)
    await system.endTurn()
    model.endTurn()
    verify(model, system)
  }

  toString(): string {
    return `turn(${this.#actions.map(({ name }) => name).join('; ')})`
  }
}
