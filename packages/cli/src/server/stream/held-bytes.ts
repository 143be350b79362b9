/** The bytes of one item so far, in as many chunks as they came; none of them once it is too long. */
export class HeldBytes {
  readonly #most: number
  #parts: Buffer[] = []
  #size = 0

  constructor(most: number) {
    this.#most = most
  }

  get isTooLong(): boolean {
    return this.#size > this.#most
  }

  add(part: Buffer): void {
    this.#size += part.length
    if (this.isTooLong) this.#parts = []
    // A copy, unless it is all of its chunk: a few bytes would keep the rest of it.
    else if (part.length > 0) this.#parts.push(Buffer.from(part))
  }

  /** Gives them, and holds nothing. */
  take(): Buffer {
    const bytes = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts)
    this.#parts = []
    this.#size = 0
    return bytes
  }
}
