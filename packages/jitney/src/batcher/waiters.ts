import { atEndOfTurn } from '../platform/turn.ts'

/** Calls that wait for one event, and resolve at the end of its turn: after the callers have heard. */
export class Waiters {
  #resolves: (() => void)[] = []

  get waiting(): boolean {
    return this.#resolves.length > 0
  }

  add(resolve: () => void): void {
    this.#resolves.push(resolve)
  }

  release(): void {
    for (const resolve of this.#resolves.splice(0)) atEndOfTurn(resolve)
  }
}
