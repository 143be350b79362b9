import type { Held } from './held.ts'

/** What a worker holds, by token. */
export class HeldItems {
  readonly #items: Map<string, Held> = new Map()
  #onRoom: (() => void) | undefined
  #onEmpty: (() => void) | undefined

  get size(): number {
    return this.#items.size
  }

  /** How many the batch function has not seen. */
  get waiting(): number {
    let count = 0
    for (const { started } of this.#items.values()) if (!started) count += 1
    return count
  }

  get tokens(): string[] {
    return [...this.#items.keys()]
  }

  add(held: Held): void {
    const { token } = held.claim
    const known = this.#items.get(token)
    // It was lost and came back: it is not to be started twice.
    if (known !== undefined) known.isGone = true
    this.#items.set(token, held)
  }

  delete(held: Held): void {
    const { token } = held.claim
    if (this.#items.get(token) !== held) return
    this.#items.delete(token)
    this.wake()
    if (this.#items.size === 0) this.#onEmpty?.()
  }

  /** Says whether it was there: it is somebody else's now. */
  lose(token: string): boolean {
    const held = this.#items.get(token)
    if (held === undefined || held.isGone) return false
    held.isGone = true
    // What was started may be the first to end after all.
    if (!held.started) this.delete(held)
    return true
  }

  /** What the batch function has not seen, and what is not run apart. */
  free(): Held[] {
    return [...this.#items.values()].filter((held) => !held.started && !held.isApart)
  }

  /** Resolves when something was let go of, or at `wake`. */
  nextRoom(): Promise<void> {
    return new Promise((resolve) => {
      this.#onRoom = resolve
    })
  }

  wake(): void {
    this.#onRoom?.()
  }

  /** Resolves when nothing is held. */
  async empty(): Promise<void> {
    if (this.#items.size === 0) return
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve
    })
  }
}
