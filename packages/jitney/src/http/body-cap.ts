/**
 * What a server turned out to take, learned from its answers: bodies above half of what it refused
 * as too large are cut before they are sent, unless it has taken one as large. So the cap is never
 * below half of the server's limit, however small what was sent so far.
 */
export class BodyCap {
  #cap = Infinity
  #accepted = 0

  /** Whether a body of so many bytes is better sent in halves. */
  refuses(bytes: number): boolean {
    return bytes > this.#cap
  }

  accepted(bytes: number): void {
    this.#accepted = Math.max(this.#accepted, bytes)
    this.#cap = Math.max(this.#cap, this.#accepted)
  }

  refused(bytes: number): void {
    // What it took before, larger than what it refuses now, is no longer true.
    if (this.#accepted >= bytes) this.#accepted = 0
    this.#cap = Math.min(this.#cap, Math.max(this.#accepted, Math.floor(bytes / 2)))
  }
}
