/** Whoever reads a body. */
export interface BodyReader {
  pause(): void
  resume(): void
}

/**
 * The memory for bodies that are being read, of all requests together.
 *
 * Above the limit readers pause, and go on one by one as others end. One always reads, so that they
 * do end: more than the limit and one whole body is never held.
 */
export class BodyMemory {
  readonly #limit: number
  #used = 0
  /** Readers that hold bytes and are not paused. */
  #reading = 0
  readonly #paused = new Set<BodyReader>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** A reader took bytes; its first ones if it held none. */
  take(reader: BodyReader, bytes: number, isFirst: boolean): void {
    this.#used += bytes
    if (isFirst) this.#reading += 1
    if (this.#used <= this.#limit || this.#reading === 1 || this.#paused.has(reader)) return
    this.#reading -= 1
    this.#paused.add(reader)
    reader.pause()
  }

  /** A reader has ended, and held so many bytes. */
  give(reader: BodyReader, bytes: number): void {
    this.#used -= bytes
    if (!this.#paused.delete(reader)) this.#reading -= 1
    for (const next of this.#paused) {
      if (this.#used > this.#limit && this.#reading > 0) return
      this.#paused.delete(next)
      this.#reading += 1
      next.resume()
    }
  }
}
