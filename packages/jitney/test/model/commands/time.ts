import type { AsyncCommand } from 'fast-check'

import type { Model } from '../model.ts'
import type { System } from '../system.ts'
import { verify } from '../verify.ts'

/** Time passes. Whole milliseconds, so that no two kinds of deadlines fall together. */
export class Advance implements AsyncCommand<Model, System> {
  readonly #duration: number

  constructor(duration: number) {
    this.#duration = duration
  }

  check(): boolean {
    return true
  }

  async run(model: Model, system: System): Promise<void> {
    await system.advance(this.#duration)
    model.advance(this.#duration)
    verify(model, system)
  }

  toString(): string {
    return `advance(${this.#duration})`
  }
}
