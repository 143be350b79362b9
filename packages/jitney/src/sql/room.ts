import { refusal } from '../platform/errors.ts'

/** What a statement may carry still. */
export class Room {
  readonly #action: string
  readonly #most: number
  #items: number
  #left: number

  /**
   * @param items most of them.
   * @param size most that their sizes may be together.
   */
  constructor(action: string, items: number, size: number) {
    this.#action = action
    this.#most = size
    this.#items = items
    this.#left = size
  }

  /**
   * Whether an item of this size fits, whose room is taken then. Throws a RangeError for one that
   * would not fit alone.
   *
   * @param size in bytes, roughly; never less than it takes.
   */
  take(size: number): boolean {
    if (size > this.#most) {
      const allowed = `at most ${this.#most} bytes`
      throw refusal(this.#action, 'item', allowed, size, 'JITNEY_OUT_OF_RANGE')
    }
    if (this.#items < 1 || size > this.#left) return false
    this.#items -= 1
    this.#left -= size
    return true
  }
}
